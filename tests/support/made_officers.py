"""Duty officers that nobody can call: no country has the code 999."""

from typing import Any

from crowd.warnings.officers import Officer

NUMBER = "+99900000001"
PASSWORD = "gate code 4711"  # noqa: S105 - of a Kannel that only tests talk to
SECRETS = (b"s" * 32,)


def make_officer(**changes: Any) -> Officer:
    """The officer on duty in a regency, with the given fields changed."""
    fields: dict[str, Any] = {
        "id": "regency-1",
        "number": NUMBER,
        "role": "regency",
        "area_code": "99.01",
        "language": "en",
    }
    return Officer(**(fields | changes))
