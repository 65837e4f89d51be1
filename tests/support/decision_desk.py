"""A portal over a ledger of its own, with drafts to decide on and visitors at will."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from drafted_warnings import NOW, add_warning, made_wording, routes_for
from portal_visits import as_visitor
from reviewed_town import HOUR, cell, options_of
from starlette.testclient import TestClient

from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve
from crowd.warnings.drafts import find_warning
from crowd.warnings.listing import show_warning, trail
from crowd.warnings.options import WarningOptions
from crowd.warnings.wording import CELL_COLUMNS
from lake.database import Database, open_database
from lake.home import Home
from portal.app import make_app
from portal.options import PortalOptions

WARNINGS = WarningOptions(official_page="info.example.id", sender_name="Kota Contoh")


@dataclass
class DecisionDesk:
    """The portal and its ledger.

    Attributes:
        database: the ledger.
        app: the portal; its clock stands at `now`.
        now: the instant.
    """

    database: Database
    options: Any
    app: Any = None
    now: Any = NOW

    def visitor(self, *, role="approver", name="Rara", login=None, scopes=None):
        """A browser of somebody who is signed in."""
        visited = as_visitor(self.app, role=role, name=name, login=login or name.casefold(), scopes=scopes)
        return TestClient(visited, raise_server_exceptions=True)

    def draft(self, **changes):
        """A draft; gives its name."""
        with self.database.writing() as writing:
            return add_warning(writing, **changes)

    def approve(self, name, *people, at=NOW):
        """Let people approve a draft as the command line does."""
        for person in people:
            with self.database.writing() as writing:
                routes = routes_for(writing, name, options=self.options.warnings)
                approve(writing, find_warning(writing, name), routes=routes, act=Act(by=person, at=at, login=person))

    def story(self, name):
        """What happened to a warning: who, what, why."""
        with self.database.reading() as reading:
            return [(each.who, each.what, each.why) for each in show_warning(reading, name).story]

    def entries(self):
        """How many entries the audit trail has."""
        with self.database.reading() as reading:
            return len(trail(reading, most=10_000))

    def rows(self):
        """Every row of every table of the ledger that tells of warnings."""
        from crowd.warnings import tables

        named = [getattr(tables, each).__table__ for each in dir(tables) if each.endswith("Row")]
        with self.database.reading() as reading:
            return {table.name: sorted(map(repr, reading.execute(table.select()))) for table in named}


@contextmanager
def decision_desk(ledger_url, root, *, options=None, **warnings):
    """A portal over a ledger; its lake is that of `options`, or an empty one below `root`."""
    settings = WarningOptions(**(WARNINGS.model_dump() | warnings))
    own = options or options_of(Home(root))
    own.home.mkdir(parents=True, exist_ok=True)
    own = own.model_copy(update={"ledger_url": ledger_url, "warnings": settings})
    with open_database(ledger_url) as database:
        desk = DecisionDesk(database=database, options=own)
        desk.app = make_app(own, PortalOptions(), database=database, clock=lambda: desk.now)
        yield desk


def town_wording(targets):
    """A wording whose cells are target cells of a town."""
    cells = targets.select(list(CELL_COLUMNS)).cast(CELL_COLUMNS)
    wording = made_wording()
    return type(wording)(**{**vars(wording), "cells": cells})


__all__ = ["HOUR", "NOW", "DecisionDesk", "cell", "decision_desk", "town_wording"]
