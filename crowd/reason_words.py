"""The words of reasons, in Indonesian and English: all that differs between the languages, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

# Index of a holiday among the words for days.
HOLIDAY = 7
ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


@dataclass(frozen=True, kw_only=True)
class Language:
    """How a language says it.

    Attributes:
        thousands: between groups of three digits.
        point: before decimals.
        clock: between hours and minutes.
        days: Monday to Sunday, then a holiday.
        numbers: one to ten.
        with_zone: whether times of the day name their zone.
        and_two: between two parts of a list.
        and_more: before the last of more than two.
        phrases: patterns by name, naming figures of `crowd.reason_figures`; one is left out where a figure is unknown.
    """

    thousands: str
    point: str
    clock: str
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    with_zone: bool
    and_two: str
    and_more: str
    phrases: Mapping[str, str]


ENGLISH = Language(
    thousands=",",
    point=".",
    clock=":",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "a holiday at"),
    numbers=("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    with_zone=False,
    and_two=" and ",
    and_more=" and ",
    phrases={
        "person": "{people} person",
        "people": "{people} people",
        "people_unknown": "How many people are there is unknown",
        "range": " ({people_low}–{people_high})",  # noqa: RUF001 - a range of numbers
        "time": "{day} {clock}",
        "above": ", {excess} above the usual for {time}",
        "below": ", {excess} below the usual for {time}",
        "as_usual": ", about the usual for {time}",
        "usual_unknown": "nobody knows yet what is usual here for {time}, so it is judged by density alone",
        "hour_of_workdays": "by the hour of working days, as fewer than four weeks are known",
        "hour_of_weekends": "by the hour of weekends and holidays, as fewer than four weeks are known",
        "neighbours": "by its neighbours, as too little is known of the place itself",
        "hexagon": "{hexes} hexagon",
        "hexagons": "{hexes} hexagons",
        "around": "around {lat}, {lon}",
        "in_area": "in {area_name}",
        "planned": "{expected} were expected for '{event}'",
        "planned_uncounted": "'{event}' was planned",
        "at_place": " at {place}",
        "permitted": "the permitted capacity of {place} is {expected}",
        "the_place": "the place is {place}",
        "foreseen": "{expected} people were expected here",
        "coverage": "of its usual devices {coverage} % did report",
        "level": "level {level}",
        "rule": " by the rule '{rule}'",
        "because": " because {grounds}",
        "person_passes": "{people} person passes {people_passed}",
        "people_pass": "{people} people pass {people_passed}",
        "excess_passes": "{excess} above the usual passes {excess_passed}",
        "score_passes": "the score {score} passes {score_passed}",
        "new": "It is new",
        "lasts_an_hour": "It has been there for an hour now",
        "lasts": "It has been there for {hours} hours now",
        "lasted_an_hour": "It was there for an hour",
        "lasted": "It was there for {hours} hours",
        "was_an_hour_ago": "It was {level_before} an hour ago",
        "was_before": "It was {level_before} before",
        "few_remain": "Gone: fewer than {people_missed} people remain",
        "few_above_remain": "Gone: fewer than {excess_missed} people above the usual remain",
        "gone": "Gone: too few people remain",
        "unseen": "Not seen any more: too few cells report",
        "merged": "Merged into {merged_into}",
        "merged_somewhere": "Merged into another gathering",
        "over": "It has ended",
        "it_was": "it was {where}",
    },
)

INDONESIAN = Language(
    thousands=".",
    point=",",
    clock=".",
    days=("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu", "hari libur"),
    numbers=("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"),
    with_zone=True,
    and_two=" dan ",
    and_more=", dan ",
    phrases={
        "person": "{people} orang",
        "people": "{people} orang",
        "people_unknown": "Jumlah orang belum diketahui",
        "range": " ({people_low}–{people_high})",  # noqa: RUF001 - a range of numbers
        "time": "{day} pukul {clock}",
        "above": ", {excess} di atas kebiasaan {time}",
        "below": ", {excess} di bawah kebiasaan {time}",
        "as_usual": ", kurang lebih sama dengan kebiasaan {time}",
        "usual_unknown": "kebiasaan di sini untuk {time} belum diketahui, jadi dinilai dari kepadatan saja",
        "hour_of_workdays": "menurut jam yang sama pada hari kerja, karena datanya belum genap empat minggu",
        "hour_of_weekends": (
            "menurut jam yang sama pada akhir pekan dan hari libur, karena datanya belum genap empat minggu"
        ),
        "neighbours": "menurut heksagon tetangganya, karena data tempat ini sendiri masih terlalu sedikit",
        "hexagon": "{hexes} heksagon",
        "hexagons": "{hexes} heksagon",
        "around": "di sekitar {lat}, {lon}",
        "in_area": "di {area_name}",
        "planned": "{expected} orang diperkirakan hadir di acara '{event}'",
        "planned_uncounted": "ada rencana acara '{event}'",
        "at_place": " di {place}",
        "permitted": "kapasitas {place} yang diizinkan {expected} orang",
        "the_place": "tempatnya {place}",
        "foreseen": "{expected} orang diperkirakan hadir di sini",
        "coverage": "laporan yang masuk mencakup {coverage}% dari perangkat yang biasanya terhitung",
        "level": "level {level}",
        "rule": " menurut aturan '{rule}'",
        "because": " karena {grounds}",
        "person_passes": "{people} orang melampaui ambang {people_passed}",
        "people_pass": "{people} orang melampaui ambang {people_passed}",
        "excess_passes": "{excess} di atas kebiasaan melampaui ambang {excess_passed}",
        "score_passes": "skor {score} melampaui ambang {score_passed}",
        "new": "Baru muncul",
        "lasts_an_hour": "Sudah berlangsung selama satu jam",
        "lasts": "Sudah berlangsung selama {hours} jam",
        "lasted_an_hour": "Sempat berlangsung selama satu jam",
        "lasted": "Sempat berlangsung selama {hours} jam",
        "was_an_hour_ago": "Satu jam yang lalu levelnya {level_before}",
        "was_before": "Sebelumnya levelnya {level_before}",
        "few_remain": "Sudah bubar: yang tersisa kurang dari {people_missed} orang",
        "few_above_remain": "Sudah bubar: yang tersisa kurang dari {excess_missed} orang di atas kebiasaan",
        "gone": "Sudah bubar: terlalu sedikit orang yang tersisa",
        "unseen": "Tidak terlihat lagi: terlalu sedikit sel yang melapor",
        "merged": "Bergabung dengan {merged_into}",
        "merged_somewhere": "Bergabung dengan kerumunan lain",
        "over": "Sudah berakhir",
        "it_was": "lokasinya {where}",
    },
)
