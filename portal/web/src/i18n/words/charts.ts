/** Words of the charts. */
export const charts = {
  'chart.title': { id: 'Orang per jam dalam sepekan', en: 'People by the hour, one week' },
  'chart.course': { id: 'Perjalanan kerumunan ini', en: 'How this gathering went' },
  'chart.people': { id: 'Orang', en: 'People' },
  'chart.range': { id: 'Rentang', en: 'Range' },
  'chart.usual': { id: 'Biasanya', en: 'Usual' },
  'chart.withheld': { id: 'Ditahan (privasi)', en: 'Withheld (privacy)' },
  'chart.missing': { id: 'Tanpa data', en: 'No data' },
  'chart.shown': { id: 'Jam di peta', en: 'Hour on the map' },
  'chart.time': { id: 'Waktu', en: 'Time' },
  'chart.coverage': { id: 'Cakupan', en: 'Coverage' },
  'chart.level': { id: 'Level', en: 'Level' },
  'chart.as_table': { id: 'Lihat sebagai tabel', en: 'Show as a table' },
  'chart.how': {
    id: 'Panah kiri dan kanan menelusuri jam, Enter menampilkan jam itu di peta.',
    en: 'Left and right arrows walk the hours, Enter shows that hour on the map.',
  },
  'chart.say': { id: '{time}: {people}; {usual}', en: '{time}: {people}; {usual}' },
  'chart.say_usual': { id: 'biasanya {usual}', en: 'usually {usual}' },
  'chart.say_withheld': {
    id: '{time}: ditahan, terlalu sedikit perangkat',
    en: '{time}: withheld, too few devices',
  },
  'chart.say_missing': { id: '{time}: tanpa data', en: '{time}: no data' },
  'chart.show_hour': { id: 'Tampilkan {time} di peta', en: 'Show {time} on the map' },
  'chart.empty': { id: 'Tidak ada data dalam pekan ini.', en: 'There is no data in this week.' },
} as const
