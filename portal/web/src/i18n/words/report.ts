/** Words of the weekly report's dialog. */
export const report = {
  'report.title': { id: 'Laporan mingguan', en: 'Weekly report' },
  'report.week': { id: 'Pekan', en: 'Week' },
  'report.week_of': { id: '{week} ({first} s.d. {last})', en: '{week} ({first} to {last})' },
  'report.area': { id: 'Wilayah', en: 'Area' },
  'report.area_hint': {
    id: 'Nama atau kode; kosongkan untuk semua wilayah.',
    en: 'Name or code; leave it empty for all areas.',
  },
  'report.language': { id: 'Bahasa', en: 'Language' },
  'report.in.id': { id: 'Bahasa Indonesia', en: 'Indonesian' },
  'report.in.en': { id: 'Bahasa Inggris', en: 'English' },
  'report.format': { id: 'Berkas', en: 'File' },
  'report.as.pdf': { id: 'PDF, untuk dibaca', en: 'PDF, to read' },
  'report.as.xlsx': { id: 'XLSX, lembar kerja', en: 'XLSX, spreadsheet' },
  'report.as.csv.zip': {
    id: 'CSV dengan kamus data dan metadata (ZIP)',
    en: 'CSV with data dictionary and metadata (ZIP)',
  },
  'report.as.parquet.zip': {
    id: 'Parquet dengan kamus data dan metadata (ZIP)',
    en: 'Parquet with data dictionary and metadata (ZIP)',
  },
  'report.as.csv': { id: 'CSV, tabel data saja', en: 'CSV, the table of data alone' },
  'report.as.parquet': {
    id: 'Parquet, tabel data saja',
    en: 'Parquet, the table of data alone',
  },
  'report.download': { id: 'Unduh', en: 'Download' },
  'report.making': {
    id: 'Laporan sedang disiapkan. Ini dapat makan beberapa menit.',
    en: 'The report is being made. This can take some minutes.',
  },
  'report.done': { id: 'Laporan diunduh.', en: 'The report was downloaded.' },
  'report.no_week': {
    id: 'Belum ada pekan yang sudah berakhir dan memiliki data.',
    en: 'There is no week yet that is over and has data.',
  },
} as const
