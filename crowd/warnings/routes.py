"""Which gateway a warning goes to, for each operator, officer and the public."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from crowd.warnings.officers import Officer, officers_for
from crowd.warnings.options import WarningOptions
from crowd.warnings.tables import WarningRow
from crowd.warnings.wording import CellList

PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One message to be sent.

    Attributes:
        channel: http, folder, cap or kannel.
        recipient: operator, officer's id or "public".
        recipients: people expected to read it.
        cells_sha256: the list of cells that it carries; None for messages that go to one reader.
    """

    channel: str
    recipient: str
    recipients: int
    cells_sha256: str | None = None


def routes_of(lists: Sequence[CellList], *, options: WarningOptions, officers: Sequence[str]) -> list[Route]:
    """Where a warning goes, in order: operators, officers, the public.

    Args:
        lists: its cells by operator.
        options: the gateways.
        officers: ids of the duty officers whose area it lies in.
    """
    routes = [
        Route(channel=channel, recipient=each.operator, recipients=each.recipients, cells_sha256=each.sha256)
        for each in lists
        if (channel := channel_of(each.operator, options=options)) is not None
    ]
    if options.kannel is not None:
        routes += [Route(channel="kannel", recipient=officer, recipients=1) for officer in officers]
    if options.cap is not None:
        routes.append(Route(channel="cap", recipient=PUBLIC, recipients=0))
    return routes


def routes_for(
    warning: WarningRow, lists: Sequence[CellList], *, options: WarningOptions, officers: Iterable[Officer]
) -> list[Route]:
    """Where one warning goes: of all officers to those whose area it lies in."""
    on_duty = [officer.id for officer in officers_for(warning.area_code, officers)]
    return routes_of(lists, options=options, officers=on_duty)


def channel_of(operator: str, *, options: WarningOptions) -> str | None:
    """The channel of an operator; None where it has none."""
    if operator in options.operators:
        return options.operators[operator].channel
    return None if options.default_channel == "none" else options.default_channel


def slug_of(name: str) -> str:
    """A name as it can stand in keys, paths and addresses; different names stay different."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.casefold())
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:6]}"


def without_channel(lists: Sequence[CellList], *, options: WarningOptions) -> list[str]:
    """Operators whose cells nobody will warn."""
    return [each.operator for each in lists if channel_of(each.operator, options=options) is None]
