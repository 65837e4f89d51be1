"""The page itself: files that were built with the package, and an installation's own base map."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from portal.context import Portal

FOREVER = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
NOT_BUILT = "The page was not built: run 'make' or 'python hatch_build.py' where Kerumun was installed from.\n"


class _Files(StaticFiles):
    """Files whose names hold a hash of what they hold never change; all others are asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = FOREVER if path.startswith("assets/") else EACH_TIME
        return answer


def mount_page(app: FastAPI, portal: Portal) -> None:
    """Serve the page at `/`, after all other routes."""
    basemap = portal.home.root / (portal.options.basemap or "")
    if is_file_of_tiles(portal.options.basemap):
        app.add_route("/basemap.pmtiles", lambda _: FileResponse(basemap, media_type="application/vnd.pmtiles"))
    built = page_folder()
    if built is None:
        app.add_route("/", _not_built)
    else:
        app.mount("/", _Files(directory=built, html=True))


def is_file_of_tiles(basemap: str | None) -> bool:
    """Whether the setting names a file of ours, not the address of a style."""
    return basemap is not None and "://" not in basemap


def page_folder() -> Path | None:
    """Where the built page lies; None where it was not built."""
    folder = Path(str(files("portal").joinpath("static")))
    return folder if (folder / "index.html").exists() else None


def _not_built(_: Request) -> Response:
    return PlainTextResponse(NOT_BUILT, 503)
