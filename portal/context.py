"""What every route of the portal works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Annotated, cast

from fastapi import Depends, Request

from crowd.review.memory import Memory
from lake.database import Database
from lake.home import Home
from pipelines.options import RunOptions
from portal.options import PortalOptions


@dataclass(frozen=True, kw_only=True)
class Portal:
    """One running portal.

    Attributes:
        run: the settings that flows and the command line work with.
        options: those of the portal itself.
        database: the ledger.
        clock: the time now.
        making_report: held while a report is made for somebody.
    """

    run: RunOptions
    options: PortalOptions
    database: Database
    clock: Callable[[], datetime]
    making_report: Lock = field(default_factory=Lock)

    @property
    def home(self) -> Home:
        """The folders of the installation."""
        return self.run.as_home()

    @cached_property
    def memory(self) -> Memory:
        """What the review map keeps between questions."""
        return Memory(self.run.engine())


async def portal_of(request: Request) -> Portal:  # async: what does not wait needs no thread
    """The portal that a request came to."""
    return cast("Portal", request.app.state.portal)


PortalHere = Annotated[Portal, Depends(portal_of)]
