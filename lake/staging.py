"""Replacing files of the lake all together or not at all, whenever the process dies.

Files are written aside in `lake/.staging/<id>/`. The rename of `manifest.json` is the moment of truth: before it
nothing has changed, after it whoever comes next finishes the moves. A reader never sees half a file.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from lake.home import Home
from lake.locks import lake_lock

MANIFEST = "manifest.json"
OWNER_LOCK = "owner.lock"


@dataclass
class Staging:
    """Files written aside, with what they will replace.

    Attributes:
        folder: the staging folder; new files lie below `folder / "new"` at their path in the lake.
        removed: paths in the lake that disappear unless written anew.
    """

    folder: Path
    removed: set[str] = field(default_factory=set)

    @property
    def new(self) -> Path:
        """Root of the new files."""
        return self.folder / "new"

    def path(self, relative: str) -> Path:
        """Where to write the new version of a file of the lake."""
        path = self.new / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remove(self, relative: str) -> None:
        """Let a file of the lake disappear when this staging is put in place."""
        self.removed.add(relative)


@contextmanager
def staged(home: Home) -> Iterator[Staging]:
    """Collect new files, then put them in place together.

    An exception inside the block leaves the lake as it was.
    """
    folder = home.lake / ".staging" / uuid.uuid4().hex
    owner = FileLock(folder / OWNER_LOCK)
    with lake_lock(home):  # or `recover` could take the folder for a dead one's
        folder.mkdir(parents=True)
        owner.acquire()
    with owner:
        staging = Staging(folder)
        try:
            yield staging
            with lake_lock(home):
                _write_manifest(staging)
                _put_in_place(home, folder)
        finally:
            if not (folder / MANIFEST).exists():
                shutil.rmtree(folder, ignore_errors=True)


def recover(home: Home) -> None:
    """Finish or forget what processes that died have left in the staging area."""
    with lake_lock(home):
        for folder in sorted((home.lake / ".staging").glob("*")):
            try:
                with FileLock(folder / OWNER_LOCK, timeout=0):
                    _put_in_place(home, folder)
            except Timeout:
                continue  # its owner lives


def _write_manifest(staging: Staging) -> None:
    put = sorted(str(p.relative_to(staging.new)) for p in staging.new.rglob("*") if p.is_file())
    draft = staging.folder / (MANIFEST + ".draft")
    draft.write_text(json.dumps({"put": put, "remove": sorted(staging.removed - set(put))}), encoding="utf-8")
    draft.rename(staging.folder / MANIFEST)


def _put_in_place(home: Home, folder: Path) -> None:
    manifest = folder / MANIFEST
    if manifest.exists():
        plan = json.loads(manifest.read_text(encoding="utf-8"))
        for relative in plan["put"]:
            new, final = folder / "new" / relative, home.lake / relative
            if new.exists():  # else moved before the process died
                final.parent.mkdir(parents=True, exist_ok=True)
                new.replace(final)
        for relative in plan["remove"]:
            (home.lake / relative).unlink(missing_ok=True)
    # The manifest goes first: a folder without one is rubbish, one with it is work to finish.
    manifest.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
