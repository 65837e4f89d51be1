"""The words of the sheets, in Indonesian and English."""

from collections.abc import Mapping

from crowd.report.options import Language
from crowd.report.sheets_said import SheetWords

INDONESIAN = SheetWords(
    language="id",
    sheets={
        "week": "Sepekan",
        "day": "Harian",
        "hour": "Per jam",
        "gatherings": "Kerumunan",
        "warnings": "Peringatan",
        "definitions": "Definisi",
        "about": "Tentang",
    },
    headers={
        "level": "Tingkat wilayah",
        "area_code": "Kode wilayah",
        "area_name": "Wilayah",
        "parent_name": "Bagian dari",
        "area_km2": "Luas (km²)",
        "date": "Tanggal",
        "weekday": "Hari",
        "hour": "Jam mulai ({zone})",
        "status": "Keterangan",
        "people": "Orang hadir",
        "people_low": "Orang hadir, paling sedikit",
        "people_high": "Orang hadir, paling banyak",
        "usual": "Biasanya (orang)",
        "coverage": "Cakupan (%)",
        "gathering_id": "Kode kerumunan",
        "place": "Tempat",
        "highest_level": "Level tertinggi",
        "started_at": "Sejak ({zone})",
        "hours": "Lama dalam pekan ini (jam)",
        "peak_at": "Terbanyak ({zone})",
        "peak_people": "Orang saat itu",
        "peak_low": "Orang saat itu, paling sedikit",
        "peak_high": "Orang saat itu, paling banyak",
        "doubtful": "Mungkin karena jaringan",
        "warnings": "Peringatan dirancang",
        "of_them_sent": "Di antaranya dikirim",
    },
    low="{title}, paling sedikit",
    high="{title}, paling banyak",
    no_people="tidak ada hitungan orang",
    reads={
        "hidden": "Sel kosong berwarna ini: angkanya disembunyikan karena bertumpu pada terlalu sedikit ponsel, "
        "atau karena dapat membocorkan angka yang demikian. Artinya bukan nol.",
        "missing": "Sel kosong berwarna ini: tidak ada operator yang melapor. Artinya bukan nol. Kolom Keterangan "
        "menyebutnya “tidak ada hitungan orang”: arus, misalnya, mungkin ada di baris itu.",
        "short": "Sel kosong berwarna ini: riwayat atau jam yang ada belum cukup untuk mengatakannya.",
        "absent": "Sel kosong berwarna ini: angka itu tidak dibuat untuk wilayah, tingkat atau hari ini; arus, "
        "misalnya, hanya ada pada tingkat yang dimuat. Artinya bukan nol.",
    },
    nothing={"gatherings": "Tidak ada kerumunan pekan ini", "warnings": "Tidak ada peringatan pekan ini"},
    doubtful={
        "yes": "ya, banyak sel diam",
        "no": "tidak",
        "definition": "Apakah banyak sel di wilayah sekitar kerumunan itu diam pada jam terbanyaknya: sel yang melapor "
        "biasanya melayani kurang dari {least} persen orang di sana. Ponsel dari sel yang diam pindah ke sel lain, "
        "sehingga di sana tampak lebih ramai.",
        "says": "Kerumunan mana yang perlu diperiksa dengan cara lain sebelum dipercaya.",
        "cannot": "Tidak berarti bahwa di sana tidak ada kerumunan.",
    },
    about={
        "week": "Pekan",
        "areas": "Wilayah",
        "reference": "Pembanding",
        "privacy": "Privasi",
        "epsilon": "Privasi diferensial",
        "data": "Kelengkapan data",
        "edition": "Edisi",
        "decided": "Keputusan",
        "holidays": "Hari libur",
        "method": "Metode",
        "limits": "Tidak ada: {title}",
        "rounding": "Pembulatan",
        "left_out": "Tidak dimuat",
        "publisher": "Penerbit",
        "licence": "Lisensi",
        "contact": "Kontak",
        "test": "Uji coba",
        "absent": "tidak berlaku",
    },
    texts={
        "week": "{label}: {first} sampai {last}, waktu setempat {zone} ({timezone}).",
        "everything": "Semua wilayah yang dimuat",
        "areas": "{what}: {counts}.",
        "reference": "Biasanya = median hari dan jam yang sama dalam pekan {weeks}; sekurang-kurangnya tiga pekan.",
        "no_reference": "Belum ada pekan pembanding dengan data, maka perubahan tidak dapat dikatakan.",
        "privacy": "Setiap angka bertumpu pada sekurang-kurangnya {k} ponsel; {hidden} dari jam-wilayah tingkat "
        "terhalus yang punya data disembunyikan. Yang disembunyikan satu edisi "
        "tetap disembunyikan pada edisi berikutnya.",
        "epsilon": "Epsilon {epsilon} per ponsel, wilayah dan jam; paling banyak {week} untuk sepekan beserta pekan "
        "pembandingnya.",
        "data": "Jam tanpa data sama sekali: {missing}. Di seluruh wilayah laporan bersama-sama, jam yang kurang dari "
        "70% selnya melapor: {partial}; di satu wilayah dapat lebih banyak, lihat kolom Cakupan pada lembar Per jam. "
        "Data terbaru: {newest}.",
        "no_data": "Tidak ada data pekan ini.",
        "edition": "{edition}. Angka edisi berikutnya dapat berbeda bila data terlambat datang.",
        "footer": "edisi {edition}",
        "footer_decided": "edisi {edition} · keputusan s.d. {until}",
        "decided": "Peringatan sebagaimana keadaannya sampai {until}. Keputusan dan kabar pengiriman sesudahnya belum "
        "termasuk, dan tidak membuat edisi baru.",
        "not_decided": "Tidak ada peringatan pekan ini sampai laporan ini dibuat.",
        "holidays_week": "Pekan ini: {days}; bedanya dari biasanya dapat karena liburnya.",
        "holidays_usual": "Pekan pembanding: {days}; angka biasanya pada hari itu kurang pasti.",
        "no_holidays": "Tidak ada pada Senin sampai Sabtu, baik pekan ini maupun pekan pembanding.",
        "method": "Jumlah ponsel per sel radio dan jam dibagi ke segi enam menurut jangkauan sel, dikalikan faktor "
        "orang per ponsel, lalu dijumlahkan per wilayah. Angka hari dan pekan adalah rata-rata jam, bukan jumlah orang "
        "berbeda. Siang 06.00–18.00, malam 22.00–05.00 waktu setempat.",  # noqa: RUF001 - ranges of time
        "rounding": "Angka dibulatkan sepantasnya rentangnya: paling sedikit dua angka penting.",
        "left_out": "Lembar {sheet}: {levels} (baris terlalu banyak bagi lembar kerja). "
        "Berkas CSV dan Parquet memuatnya.",
        "test": "Peringatan pekan ini dibuat dalam mode uji coba.",
    },
    definitions={
        "name": "Nama di berkas data",
        "title": "Indikator",
        "unit": "Satuan",
        "definition": "Definisi",
        "formula": "Rumus",
        "says": "Yang dapat dikatakan",
        "cannot": "Yang tidak dapat dikatakan",
    },
)
ENGLISH = SheetWords(
    language="en",
    sheets={
        "week": "Week",
        "day": "By day",
        "hour": "By hour",
        "gatherings": "Gatherings",
        "warnings": "Warnings",
        "definitions": "Definitions",
        "about": "About",
    },
    headers={
        "level": "Level of area",
        "area_code": "Area code",
        "area_name": "Area",
        "parent_name": "Part of",
        "area_km2": "Ground (km²)",
        "date": "Date",
        "weekday": "Day",
        "hour": "Hour from ({zone})",
        "status": "Status",
        "people": "People present",
        "people_low": "People present, at least",
        "people_high": "People present, at most",
        "usual": "Usual (people)",
        "coverage": "Coverage (%)",
        "gathering_id": "Code of gathering",
        "place": "Place",
        "highest_level": "Highest level",
        "started_at": "From ({zone})",
        "hours": "Length within the week (hours)",
        "peak_at": "Most at ({zone})",
        "peak_people": "People then",
        "peak_low": "People then, at least",
        "peak_high": "People then, at most",
        "doubtful": "May be the network",
        "warnings": "Warnings drafted",
        "of_them_sent": "Of these sent",
    },
    low="{title}, at least",
    high="{title}, at most",
    no_people="no count of people",
    reads={
        "hidden": "Empty cells of this colour: the number is kept back because it rests on too few phones, or would "
        "give away one that does. It does not mean none.",
        "missing": "Empty cells of this colour: no operator reported. It does not mean none. The column Status calls "
        "it “no count of people”: the row may have flows, for one.",
        "short": "Empty cells of this colour: there is too little history, or there are too few hours, to say it.",
        "absent": "Empty cells of this colour: the number is not made for this area, level or day; flows, for one, are "
        "there for the level that was loaded only. It does not mean none.",
    },
    nothing={"gatherings": "No gatherings this week", "warnings": "No warnings this week"},
    doubtful={
        "yes": "yes, many cells silent",
        "no": "no",
        "definition": "Whether many cells of the area around the gathering were silent in its fullest hour: those that "
        "reported usually serve less than {least} percent of the people there. Phones of a silent cell move over to "
        "other cells, where more people then seem to be.",
        "says": "Which gatherings should be checked in another way before they are believed.",
        "cannot": "It does not mean that there was no gathering.",
    },
    about={
        "week": "Week",
        "areas": "Areas",
        "reference": "Compared with",
        "privacy": "Privacy",
        "epsilon": "Differential privacy",
        "data": "Completeness",
        "edition": "Edition",
        "decided": "Decisions",
        "holidays": "Holidays",
        "method": "Method",
        "limits": "Not in it: {title}",
        "rounding": "Rounding",
        "left_out": "Left out",
        "publisher": "Publisher",
        "licence": "Licence",
        "contact": "Contact",
        "test": "Test",
        "absent": "not applicable",
    },
    texts={
        "week": "{label}: {first} to {last}, local time {zone} ({timezone}).",
        "everything": "All areas that are loaded",
        "areas": "{what}: {counts}.",
        "reference": "Usual = median of the same weekday and hour of the weeks {weeks}; of three weeks at least.",
        "no_reference": "There is no earlier week with data yet, so no change can be told.",
        "privacy": "Every number rests on at least {k} phones; {hidden} of the area-hours of the finest level that "
        "have data are hidden. What one edition hides stays hidden in the next.",
        "epsilon": "Epsilon {epsilon} for each phone, area and hour; {week} at most for the week with the weeks that "
        "it is compared with.",
        "data": "Hours without any data: {missing}. Hours in which less than 70% of the cells reported, over all areas "
        "of the report together: {partial}; a single area may have more, see the column Coverage of the sheet By "
        "hour. Newest data: {newest}.",
        "no_data": "There is no data of this week.",
        "edition": "{edition}. Numbers of the next edition may differ where data come late.",
        "footer": "edition {edition}",
        "footer_decided": "edition {edition} · decisions up to {until}",
        "decided": "Warnings as they stood at {until}. What was decided or delivered later is not in it, and makes no "
        "new edition.",
        "not_decided": "There was no warning of this week when this report was made.",
        "holidays_week": "This week: {days}; the difference from usual may be due to it.",
        "holidays_usual": "Weeks that it is compared with: {days}; the usual of that weekday is less sure.",
        "no_holidays": "None from Monday to Saturday, neither this week nor in the weeks that it is compared with.",
        "method": "Phones per radio cell and hour are shared out to hexagons by the reach of the cell, multiplied by a "
        "factor of people per phone, and summed by area. Figures of days and weeks are means over hours, not "
        "different people. Day is 06:00–18:00, night 22:00–05:00, local time.",  # noqa: RUF001 - ranges of time
        "rounding": "Numbers are rounded as their range deserves: to two digits at least.",
        "left_out": "Sheet {sheet}: {levels} (too many rows for a sheet). The CSV and Parquet files hold them.",
        "test": "Warnings of this week were made in test mode.",
    },
    definitions={
        "name": "Name in the data files",
        "title": "Indicator",
        "unit": "Unit",
        "definition": "Definition",
        "formula": "Formula",
        "says": "What it can say",
        "cannot": "What it cannot say",
    },
)
SHEET_WORDS: Mapping[Language, SheetWords] = {"id": INDONESIAN, "en": ENGLISH}
