"""The portal: one page for people, and the interface behind it.

FastAPI, because Prefect brings it along already and it describes the interface (OpenAPI) from the types of the routes.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI

from lake.database import Database
from pipelines.options import RunOptions
from portal.context import Portal
from portal.errors import answer_errors
from portal.options import PortalOptions
from portal.pages import mount_page
from portal.routes import (
    accounts,
    areas,
    cells,
    downloads,
    events,
    gatherings,
    hexagons,
    reports,
    sending,
    session,
    status,
    warnings,
)
from portal.security.door import guard

ROUTERS = (session, accounts, status, hexagons, areas, gatherings, cells, warnings, sending, events, downloads, reports)


def make_app(
    run: RunOptions,
    options: PortalOptions,
    *,
    database: Database,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The application of one installation.

    Args:
        run: the settings that flows and the command line work with.
        options: those of the portal itself.
        database: the ledger, open as long as the application lives.
        clock: the time now.
    """
    about = "Machines show a token (`Authorization: Bearer kmn_…`) and read; people sign in and decide."
    app = FastAPI(title="Kerumun", description=about, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    portal = Portal(run=run, options=options, database=database, clock=clock)
    app.state.portal = portal
    guard(app, portal)
    answer_errors(app)
    for each in ROUTERS:
        app.include_router(each.router, prefix="/api")
    mount_page(app, portal)
    return app
