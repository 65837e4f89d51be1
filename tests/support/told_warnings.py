"""Fields of messages about made-up gatherings."""

from datetime import UTC, datetime

from crowd.warnings.message import MessageFields

LONGEST_PLACE = "Kecamatan Pesisir Tengah Timur"
OF_A_GATHERING = {
    "level": "siaga",
    "place": LONGEST_PLACE,
    "since": datetime(2026, 11, 25, 12, 5, tzinfo=UTC),
    "timezone": "Asia/Jakarta",
    "regency_code": "99.01",
    "emergency": "112",
    "official_page": "https://siaga.kotacontoh.example/cek",
    "code": "C3D4FG",
    "sender": "BPBD Kota Contoh",
    "replaced": "K7X9M4",
    "people": "3.000-5.000",
    "reason": "Kepadatan di atas ambang.",
}


def told(**changes):
    """Everything that is known of a gathering, but for what is given."""
    return MessageFields(**(OF_A_GATHERING | changes))
