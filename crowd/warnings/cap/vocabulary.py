"""The words of an alert: CAP's own by level and kind, and those that people read, by language."""

from collections.abc import Mapping
from dataclasses import dataclass

from crowd.warnings.outgoing import Kind, Language, Mode

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
# RFC 3066. A reader that finds no language assumes en-US, so English goes by that name.
LANGUAGE_CODES: Mapping[Language, str] = {"id": "id-ID", "en": "en-US"}
STATUSES: Mapping[Mode, str] = {"test": "Test", "live": "Actual"}
MESSAGE_TYPES: Mapping[Kind, str] = {"alert": "Alert", "update": "Update", "cancel": "Cancel"}
# A crowd is a matter of "general emergency and public safety", as the standard words it.
CATEGORY = "Safety"
# Codes of regions as the Ministry of Home Affairs keeps them; BMKG's open data go by the same ones.
REGENCY_CODES = "Kemendagri"
MAX_HEADLINE = 160
NOTES: Mapping[Mode, str] = {"test": "UJI COBA, abaikan. TEST, disregard.", "live": ""}


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How an alert is to be taken, in CAP's words.

    Attributes:
        response: kinds of action asked for.
        urgency: how soon.
        severity: of the threat.
        certainty: that it is there.
    """

    response: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str


# Certainty is Likely ("probability above 50 %") at every level: phones were counted, nobody on site has confirmed it,
# which Observed would claim. It passes the filters of aggregators, which mostly ask for Likely or Observed.
# Urgency: Expected is action "within the next hour", Immediate is action now.
# Severity: Minor is "minimal to no known" threat to life, Moderate a "possible", Severe a "significant" one. Counts of
# phones never show that people are in danger, so Extreme is for nobody: whoever is on site may say so.
BY_LEVEL: Mapping[str, Handling] = {
    # More people than usual: keep an eye on it, be ready to leave.
    "waspada": Handling(response=("Monitor", "Prepare"), urgency="Expected", severity="Minor", certainty="Likely"),
    # Many more than usual: those who are not there had better not go.
    "siaga": Handling(response=("Avoid", "Monitor"), urgency="Expected", severity="Moderate", certainty="Likely"),
    # More than the place ever sees: who is not there stays away, who is there leaves as the officers lead.
    "awas": Handling(response=("Avoid", "Execute"), urgency="Immediate", severity="Severe", certainty="Likely"),
}
# Whether the crowd has gone or the warning was a mistake, nothing is left to be done: "minimal to no known threat".
ALL_CLEAR = Handling(response=("AllClear",), urgency="Past", severity="Minor", certainty="Likely")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What people read in one language, besides the message itself.

    Attributes:
        test_mark: stands first in headline and description of a test.
        event: what it is about.
        headlines: by kind, with `{level}` and `{place}`.
        instructions: by level; of a cancellation under "cancel".
    """

    test_mark: str
    event: str
    headlines: Mapping[Kind, str]
    instructions: Mapping[str, str]


WORDS: Mapping[Language, Words] = {
    "id": Words(
        test_mark="UJI COBA",
        event="Kerumunan besar",
        headlines={
            "alert": "{level}: kerumunan besar di {place}",
            "update": "{level} (pembaruan): kerumunan besar di {place}",
            "cancel": "Dicabut: peringatan kerumunan besar di {place}",
        },
        instructions={
            "waspada": "Pantau informasi resmi. Bersiaplah meninggalkan tempat itu bila menjadi makin padat.",
            "siaga": "Jangan menuju ke tempat itu. Bila sudah di sana, ikuti arahan petugas dan jangan mendorong.",
            "awas": "Jauhi tempat itu. Bila sudah di sana, keluar dengan tenang, ikuti petugas, jangan mendorong.",
            "cancel": "Peringatan sebelumnya tidak berlaku lagi. Tidak ada tindakan yang perlu dilakukan.",
        },
    ),
    "en": Words(
        test_mark="TEST",
        event="Large crowd",
        headlines={
            "alert": "{level}: large crowd in {place}",
            "update": "{level} (update): large crowd in {place}",
            "cancel": "Withdrawn: warning of a large crowd in {place}",
        },
        instructions={
            "waspada": "Follow official information. Be ready to leave if the place becomes more crowded.",
            "siaga": "Do not go there. If you are there already, follow the officers and do not push.",
            "awas": "Stay away. If you are there already, leave calmly as the officers direct; do not push.",
            "cancel": "The earlier warning no longer holds. Nothing needs to be done.",
        },
    ),
}


def handling_of(kind: Kind, level: str) -> Handling:
    """How an alert of a kind and level is to be taken."""
    return ALL_CLEAR if kind == "cancel" else BY_LEVEL[level]
