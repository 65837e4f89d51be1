"""The body of a target list: one JSON document, the same bytes each time."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from crowd.warnings.outgoing import Outgoing, Reference

SCHEMA_VERSION = 1


def target_list(outgoing: Outgoing) -> bytes:
    """Write what an operator needs to warn the subscribers of its cells.

    Returns:
        JSON in UTF-8, as `docs/schemas/target-list.schema.json` describes it, ended by a line feed. Times are in the
        warning's local zone with their offset; fractions of a second are dropped. The same warning gives the
        same bytes.
    """
    head = json.dumps(_head(outgoing), ensure_ascii=False, separators=(",", ":"))
    cells = outgoing.cells.select("cell_id", "expected_recipients").write_json()
    return f'{head[:-1]},"cells":{cells}}}\n'.encode()


def _head(outgoing: Outgoing) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "idempotency_key": outgoing.key,
        "mode": outgoing.mode,
        "kind": outgoing.kind,
        "warning_id": outgoing.warning_id,
        "revision": outgoing.revision,
        "references": [_reference(one, outgoing.timezone) for one in outgoing.references],
        "operator": outgoing.recipient,
        "level": outgoing.level,
        "gathering_id": outgoing.gathering_id,
        "area": {"code": outgoing.area_code, "name": outgoing.area_name, "regency_code": outgoing.regency_code},
        "issued": local_time(outgoing.approved_at, outgoing.timezone),
        "expires": local_time(outgoing.expires_at, outgoing.timezone),
        "code": outgoing.code,
        "messages": dict(sorted(outgoing.texts.items())),
    }


def _reference(reference: Reference, timezone: str) -> dict[str, object]:
    return {
        "warning_id": reference.warning_id,
        "revision": reference.revision,
        "issued": local_time(reference.sent_at, timezone),
    }


def local_time(instant: datetime, timezone: str) -> str:
    """Write an instant in ISO 8601 with its local offset, to the second."""
    return instant.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")
