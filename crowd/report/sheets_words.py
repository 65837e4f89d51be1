"""The words of the sheets, in Indonesian and English."""

from collections.abc import Mapping
from dataclasses import dataclass

from crowd.report.options import Language


@dataclass(frozen=True, kw_only=True)
class SheetWords:
    """What the sheets say in one language.

    Attributes:
        title: of the document; names `week`.
        sheets: names of the sheets.
        columns: headers that are not of an indicator; some name `zone`.
        low: header of the lower end of a range; names `title`.
        high: of the upper end.
        levels: of areas.
        gathering_levels: of gatherings.
        statuses: why there is a number, or none.
        reads: how to read a cell that is empty for such a reason.
        days: Monday to Sunday.
        about: headings of the sheet about the report.
        texts: sentences of the same sheet.
        definitions: headers of the sheet of definitions.
    """

    title: str
    sheets: Mapping[str, str]
    columns: Mapping[str, str]
    low: str
    high: str
    levels: Mapping[str, str]
    gathering_levels: Mapping[str, str]
    statuses: Mapping[str, str]
    reads: Mapping[str, str]
    days: tuple[str, ...]
    about: Mapping[str, str]
    texts: Mapping[str, str]
    definitions: Mapping[str, str]


INDONESIAN = SheetWords(
    title="Mobilitas mingguan {week}",
    sheets={
        "week": "Sepekan",
        "day": "Harian",
        "hour": "Per jam",
        "gatherings": "Kerumunan",
        "warnings": "Peringatan",
        "definitions": "Definisi",
        "about": "Tentang",
    },
    columns={
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
        "gathering_id": "Nomor",
        "place": "Tempat",
        "highest_level": "Tingkat tertinggi",
        "started_at": "Mulai ({zone})",
        "hours": "Lama dalam pekan ini (jam)",
        "peak_at": "Puncak ({zone})",
        "peak_people": "Orang pada puncak",
        "peak_low": "Orang pada puncak, paling sedikit",
        "peak_high": "Orang pada puncak, paling banyak",
        "warnings": "Peringatan disusun",
        "of_them_sent": "Di antaranya terkirim",
        "drafted": "Disusun",
        "approved": "Disetujui",
        "rejected": "Ditolak",
        "sent": "Terkirim",
        "delivered": "Sampai",
    },
    low="{title}, paling sedikit",
    high="{title}, paling banyak",
    levels={
        "province": "Provinsi",
        "regency": "Kabupaten/kota",
        "district": "Kecamatan",
        "village": "Desa/kelurahan",
    },
    gathering_levels={"waspada": "Waspada", "siaga": "Siaga", "awas": "Awas"},
    statuses={"shown": "ada", "hidden": "disembunyikan", "missing": "tanpa data", "short": "belum cukup"},
    reads={
        "hidden": "Sel kosong berwarna ini: angkanya disembunyikan karena bertumpu pada terlalu sedikit ponsel, "
        "atau karena dapat membocorkan angka yang demikian. Artinya bukan nol.",
        "missing": "Sel kosong berwarna ini: tidak ada operator yang melapor. Artinya bukan nol.",
        "short": "Sel kosong berwarna ini: riwayat atau jam yang ada belum cukup untuk mengatakannya.",
    },
    days=("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    about={
        "week": "Pekan",
        "areas": "Wilayah",
        "reference": "Pembanding",
        "privacy": "Kerahasiaan",
        "epsilon": "Privasi diferensial",
        "data": "Kelengkapan data",
        "edition": "Edisi",
        "method": "Cara menghitung",
        "limits": "Tidak ada: {title}",
        "rounding": "Pembulatan",
        "left_out": "Tidak dimuat",
        "hidden": "disembunyikan",
        "missing": "tanpa data",
        "short": "belum cukup",
        "publisher": "Penerbit",
        "licence": "Lisensi",
        "contact": "Kontak",
        "test": "Uji coba",
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
        "data": "{missing} jam tanpa data sama sekali; {partial} jam dengan kurang dari 70% sel yang biasanya "
        "melapor. Data terbaru: {newest}.",
        "no_data": "Tidak ada data pekan ini.",
        "edition": "{edition}. Angka edisi berikutnya dapat berbeda bila data terlambat datang.",
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
    title="Weekly mobility {week}",
    sheets={
        "week": "Week",
        "day": "By day",
        "hour": "By hour",
        "gatherings": "Gatherings",
        "warnings": "Warnings",
        "definitions": "Definitions",
        "about": "About",
    },
    columns={
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
        "gathering_id": "Number",
        "place": "Place",
        "highest_level": "Highest level",
        "started_at": "Began ({zone})",
        "hours": "Length within the week (hours)",
        "peak_at": "Peak ({zone})",
        "peak_people": "People at the peak",
        "peak_low": "People at the peak, at least",
        "peak_high": "People at the peak, at most",
        "warnings": "Warnings drafted",
        "of_them_sent": "Of these sent",
        "drafted": "Drafted",
        "approved": "Approved",
        "rejected": "Rejected",
        "sent": "Sent",
        "delivered": "Delivered",
    },
    low="{title}, at least",
    high="{title}, at most",
    levels={"province": "Province", "regency": "Regency/city", "district": "District", "village": "Village"},
    gathering_levels={"waspada": "Waspada (watch)", "siaga": "Siaga (alert)", "awas": "Awas (danger)"},
    statuses={"shown": "shown", "hidden": "hidden", "missing": "no data", "short": "too little"},
    reads={
        "hidden": "Empty cells of this colour: the number is kept back because it rests on too few phones, or would "
        "give away one that does. It does not mean none.",
        "missing": "Empty cells of this colour: no operator reported. It does not mean none.",
        "short": "Empty cells of this colour: there is too little history, or there are too few hours, to say it.",
    },
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    about={
        "week": "Week",
        "areas": "Areas",
        "reference": "Compared with",
        "privacy": "Privacy",
        "epsilon": "Differential privacy",
        "data": "Completeness",
        "edition": "Edition",
        "method": "How it is reckoned",
        "limits": "Not in it: {title}",
        "rounding": "Rounding",
        "left_out": "Left out",
        "hidden": "hidden",
        "missing": "no data",
        "short": "too little",
        "publisher": "Publisher",
        "licence": "Licence",
        "contact": "Contact",
        "test": "Test",
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
        "data": "{missing} hours without any data; {partial} hours in which less than 70% of the cells that usually "
        "report did. Newest data: {newest}.",
        "no_data": "There is no data of this week.",
        "edition": "{edition}. Numbers of the next edition may differ where data come late.",
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
