"""Vocabularies of the metadata, and the names in them that a weekly report needs."""

from collections.abc import Mapping

from crowd.report.options import Language

CONTEXT = {
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
WEEKLY_UPDATE = f"{AUTHORITY}/frequency/WEEKLY"
THEMES = (f"{AUTHORITY}/data-theme/TRAN", f"{AUTHORITY}/data-theme/SOCI")
SPOKEN = {"id": f"{AUTHORITY}/language/IND", "en": f"{AUTHORITY}/language/ENG"}
# DCAT-AP 3, of which this is a part; the week as one dataset of a series of weeks is left to the catalogue.
PROFILE = "http://data.europa.eu/r5r/"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/ld+json",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILE_TYPES = {
    "csv": f"{AUTHORITY}/file-type/CSV",
    "parquet": f"{AUTHORITY}/file-type/PARQUET",
    "pdf": f"{AUTHORITY}/file-type/PDF",
    "xlsx": f"{AUTHORITY}/file-type/XLSX",
}
TITLES: Mapping[Language, str] = {
    "id": "Mobilitas mingguan {what}, pekan {week} ({first} sampai {last})",
    "en": "Weekly mobility of {what}, week {week} ({first} to {last})",
}
EVERYTHING = {"id": "semua wilayah", "en": "all areas"}
DESCRIPTIONS: Mapping[Language, str] = {
    "id": "Perkiraan orang yang hadir per wilayah administrasi dan jam, hari, serta pekan, perubahannya dibanding "
    "biasanya, kerumunan, dan peringatan. Dibuat dari jumlah ponsel per sel radio; tidak ada data "
    "pelanggan. Angka yang bertumpu pada kurang dari {k} ponsel disembunyikan.",
    "en": "Estimated people present by administrative area and hour, day and week, their change against the usual, "
    "gatherings, and warnings. Made from counts of phones per radio cell; there is no data of subscribers. Numbers "
    "that rest on fewer than {k} phones are hidden.",
}
PROVENANCE: Mapping[Language, str] = {
    "id": "Biasanya dihitung dari pekan {reference}. Edisi {edition}.",
    "en": "The usual is reckoned from the weeks {reference}. Edition {edition}.",
}
DECIDED: Mapping[Language, str] = {
    "id": "Peringatan sebagaimana keadaannya sampai {until}.",
    "en": "Warnings as they stood at {until}.",
}
NO_WEEKS = {"id": "(belum ada)", "en": "(none yet)"}
DICTIONARY: Mapping[Language, str] = {"id": "Kamus data", "en": "Data dictionary"}
KEYWORDS = {
    "id": ("mobilitas", "kehadiran orang", "kerumunan", "jaringan seluler"),
    "en": ("mobility", "people present", "gatherings", "mobile networks"),
}
