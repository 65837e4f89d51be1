"""What the columns of the tidy files are called and mean, and the codes in them, in Indonesian and English."""

from collections.abc import Mapping

from crowd.report.options import Language

Told = Mapping[Language, tuple[str, str]]  # title and definition

COLUMNS: Mapping[str, Told] = {
    "period": {
        "id": ("Periode", "Lama waktu yang dicakup baris: satu jam, satu hari, atau sepekan."),
        "en": ("Period", "How much time the row is of: an hour, a day, or the week."),
    },
    "level": {
        "id": ("Tingkat wilayah", "Tingkat wilayah administrasi."),
        "en": ("Level", "Level of the administrative area."),
    },
    "area_code": {
        "id": ("Kode wilayah", "Kode wilayah administrasi menurut Kementerian Dalam Negeri."),
        "en": ("Area code", "Code of the administrative area as the Ministry of Home Affairs (Kemendagri) gives it."),
    },
    "area_name": {
        "id": ("Nama wilayah", "Nama wilayah administrasi."),
        "en": ("Area name", "Name of the administrative area."),
    },
    "parent_code": {
        "id": ("Kode wilayah induk", "Kode wilayah yang memuatnya; kosong pada tingkat terkasar."),
        "en": ("Parent code", "Code of the area that it lies in; empty at the coarsest level."),
    },
    "date": {
        "id": ("Tanggal", "Tanggal menurut waktu setempat; kosong untuk angka sepekan."),
        "en": ("Date", "Day on the clock of the place; empty for figures of the week."),
    },
    "hour": {
        "id": ("Jam", "Awal jam, 0 sampai 23, waktu setempat; kosong untuk angka harian dan sepekan."),
        "en": ("Hour", "Beginning of the hour, 0 to 23, local time; empty for figures of a day or the week."),
    },
    "indicator": {
        "id": ("Indikator", "Nama indikator; definisinya ada dalam kamus ini."),
        "en": ("Indicator", "Name of the indicator; this dictionary defines it."),
    },
    "value": {
        "id": ("Nilai", "Nilai indikator, dibulatkan; kosong bila status bukan shown."),
        "en": ("Value", "Value of the indicator, rounded; empty unless the status is shown."),
    },
    "low": {
        "id": ("Batas bawah", "Nilai terendah yang wajar; kosong bila tidak diketahui."),
        "en": ("Lower end", "Lowest plausible value; empty where none is known."),
    },
    "high": {
        "id": ("Batas atas", "Nilai tertinggi yang wajar; kosong bila tidak diketahui."),
        "en": ("Upper end", "Highest plausible value; empty where none is known."),
    },
    "unit": {
        "id": ("Satuan", "Satuan nilai dan batas-batasnya."),
        "en": ("Unit", "Unit of the value and of its range."),
    },
    "status": {
        "id": ("Keterangan", "Mengapa ada nilai, atau mengapa tidak."),
        "en": ("Status", "Why there is a value, or none."),
    },
}
CODES: Mapping[str, Mapping[str, Told]] = {
    "period": {
        "hour": {"id": ("Jam", "Satu jam."), "en": ("Hour", "One hour.")},
        "day": {
            "id": ("Hari", "Satu hari menurut waktu setempat; rata-rata jam-jamnya."),
            "en": ("Day", "A day on the clock of the place; a mean over its hours."),
        },
        "week": {
            "id": ("Pekan", "Senin sampai Minggu; rata-rata jam-jamnya."),
            "en": ("Week", "Monday to Sunday; a mean over its hours."),
        },
    },
    "status": {
        "shown": {"id": ("Ditampilkan", "Ada nilai."), "en": ("Shown", "There is a value.")},
        "hidden": {
            "id": (
                "Disembunyikan",
                "Bertumpu pada terlalu sedikit ponsel, atau dapat membocorkan angka yang demikian. Bukan nol.",
            ),
            "en": ("Hidden", "Rests on too few phones, or would give away a number that does. Not zero."),
        },
        "missing": {
            "id": ("Tidak ada data", "Tidak ada operator yang melapor. Bukan nol."),
            "en": ("No data", "No operator reported. Not zero."),
        },
        "short": {
            "id": ("Belum cukup data", "Riwayat, atau jam yang ada, belum cukup untuk mengatakannya."),
            "en": ("Too little data", "There is too little history, or there are too few hours, to say it."),
        },
    },
}
