"""What goes to a gateway, and what a gateway answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import polars as pl
import shapely

Mode = Literal["test", "live"]
Kind = Literal["alert", "update", "cancel"]
Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
Outcome = Literal["accepted", "delivered", "failed", "later", "unknown", "absent"]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An earlier warning that this one replaces or takes back.

    Attributes:
        warning_id: its name.
        revision: which wording of it went out.
        sent_at: when it was approved, which is the time that its files carry.
    """

    warning_id: str
    revision: int
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One warning on its way to one operator, one officer or the public. Two with the same key have the same content.

    Attributes:
        key: idempotency key; letters, digits, dots, dashes and underscores.
        warning_id: name of the warning.
        revision: counts its wordings from 1.
        mode: a test is marked as one wherever it is seen.
        kind: alert, or an update or cancellation of the warnings in `references`.
        gathering_id: what it is about.
        level: waspada, siaga or awas.
        area_code: of the finest area that the gathering lies in; None where no areas are loaded.
        area_name: of that area.
        regency_code: of the regency around it.
        timezone: local time there, a name of the tz database.
        lat: latitude of the gathering's centre, degrees.
        lon: longitude.
        started_at: since when the gathering lasts.
        approved_at: when the last approval was given; the time of issue that files and messages carry.
        expires_at: nothing of it is sent from then on.
        texts: the message by language, ready to send.
        code: by which people can check that the message is real.
        references: what it replaces or takes back; empty for an alert.
        outline: the gathering's hexagons, dissolved, in longitude and latitude.
        recipient: operator, officer's id, or "public".
        cells: `operator, cell_id, expected_recipients, reach, overreach`, ordered by operator and cell_id; for an
            operator only its own.
    """

    key: str
    warning_id: str
    revision: int
    mode: Mode
    kind: Kind
    gathering_id: str
    level: str
    area_code: str | None
    area_name: str
    regency_code: str | None
    timezone: str
    lat: float
    lon: float
    started_at: datetime
    approved_at: datetime
    expires_at: datetime
    texts: Mapping[str, str]
    code: str
    references: tuple[Reference, ...]
    outline: shapely.Polygon | shapely.MultiPolygon
    recipient: str
    cells: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of sending or asking.

    Attributes:
        outcome: "accepted" (the gateway has it and will see to it), "delivered" (it says that it went out), "failed"
            (it will never take it as it is), "later" (it certainly has not taken it; worth another try), "unknown"
            (it may or may not have taken it), "absent" (asked, it says that it never got it).
        said: what the gateway said, in one line, without any number, password or address of a person.
        what_to_do: for a person, where nobody else can go on.
        reference: the gateway's own name for it.
        retry_after_s: how long the gateway wants to be left alone.
        recipients: people that it says were reached.
    """

    outcome: Outcome
    said: str
    what_to_do: str | None = None
    reference: str | None = None
    retry_after_s: float | None = None
    recipients: int | None = None


class Channel(Protocol):
    """A way out: one class per kind of gateway."""

    name: str

    def send(self, outgoing: Outgoing) -> Answer:
        """Hand it over once. Never raises for what a gateway, a network or a disk does: that is an answer."""
        ...

    def ask(self, outgoing: Outgoing) -> Answer:
        """Ask what became of it, without handing over anything; "unknown" where the gateway cannot tell."""
        ...
