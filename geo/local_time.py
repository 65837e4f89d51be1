"""Which of Indonesia's three time zones an area keeps."""

WESTERN, CENTRAL, EASTERN = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
# Provinces by the first two digits of Kemendagri codes. Presidential decree 41/1987 drew the zones; provinces made
# since keep the time of those that they came from.
ZONES = {
    WESTERN: (*range(11, 22), *range(31, 37), 61, 62),
    CENTRAL: (51, 52, 53, 63, 64, 65, *range(71, 77)),
    EASTERN: (81, 82, *range(91, 98)),
}
ZONE_OF_PROVINCE = {f"{province}": zone for zone, provinces in ZONES.items() for province in provinces}


def timezone_of(area_code: str | None, *, default: str) -> str:
    """Name of the time zone of an area by its Kemendagri code; the default where the code is none of Indonesia's."""
    return ZONE_OF_PROVINCE.get((area_code or "")[:2], default)
