"""The page itself: files that were built with the package, and an installation's own base map."""

from collections.abc import Callable
from importlib.resources import files
from os.path import normpath
from pathlib import Path

from fastapi import FastAPI, HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from lake.errors import RefusedInputError
from portal.context import Portal

FOREVER = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
TILES = b"PMTiles"
TILES_AT = "/basemap.pmtiles"
NOT_BUILT = "The page was not built: run 'make' or 'python hatch_build.py' where Kerumun was installed from.\n"


class _Files(StaticFiles):
    """Files whose names hold a hash of what they hold never change; all others are asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = FOREVER if path.startswith("assets/") else EACH_TIME
        return answer


def mount_page(app: FastAPI, portal: Portal) -> None:
    """Serve the page at `/`, after all other routes."""
    if is_file_of_tiles(portal.options.basemap):
        app.add_route(TILES_AT, _tiles(portal.home.root, str(portal.options.basemap)))
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


def _tiles(root: Path, name: str) -> Callable[[Request], Response]:
    """A route that sends the base map, which needs no sign-in: it sends nothing but a file of tiles below the home.

    Raises:
        RefusedInputError: the file would lie elsewhere.
    """
    path = Path(normpath(root / name))
    if not path.is_relative_to(normpath(root)) or not path.is_file():
        raise RefusedInputError(f"portal.basemap '{name}' is no file below the home: put the file of PMTiles at {path}")

    def send(_: Request) -> Response:
        try:
            with path.open("rb") as file:
                is_tiles = file.read(len(TILES)) == TILES
        except OSError:
            is_tiles = False
        if not is_tiles:
            raise HTTPException(404, "portal.basemap names no file of PMTiles that can be read")
        return FileResponse(path, media_type="application/vnd.pmtiles")

    return send


def _not_built(_: Request) -> Response:
    return PlainTextResponse(NOT_BUILT, 503)
