"""Target lists laid in a folder that an operator fetches from, by SFTP for instance."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from time import time

import polars as pl
from filelock import FileLock, Timeout

from crowd.warnings.channels.gateway_words import (
    MOST_BYTES,
    one_line,
    outcome_in,
    read_words,
    recipients_in,
    reference_in,
    said_in,
)
from crowd.warnings.channels.payload import target_list
from crowd.warnings.durable_files import sync_folder, write_synced
from crowd.warnings.outgoing import Answer, Outgoing

STAGING = ".outgoing"
PARTS = ("csv", "json")
SETTLE_S = 2.0
LOCK_S = 30.0
LAID = Answer(outcome="accepted", said="laid in the folder")
NOT_LAID = Answer(outcome="absent", said="not laid in the folder")


class FolderChannel:
    """Lays `KEY.csv`, `KEY.json` and last `KEY.sha256` into a folder, once.

    Everything is written whole into `.outgoing/` first, then `.outgoing/KEY.ready` says so, then the files move out.
    The move of `KEY.sha256` is the point from which the list is out: the operator takes nothing before it. As long as
    `.outgoing/KEY.sha256` is there the list is not out; once the ready mark stands and that file is gone, it is,
    whether or not the operator has taken the files away since.
    """

    name = "folder"

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time) -> None:
        """Use a folder, which is made when something is sent.

        Args:
            folder: where the operator fetches from.
            clock: Unix time by which it is seen that an empty acknowledgement is not still being written.
        """
        self._folder = folder
        self._staging = folder / STAGING
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Answer:
        """Lay the files out, or go on where an earlier try was interrupted; nothing happens if they were out before."""
        try:
            self._staging.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock():
                if not self._is_out(outgoing.key):
                    self._lay_out(outgoing)
                return LAID
        except Timeout:
            return Answer(outcome="unknown", said="another sender is still at work in the folder")
        except OSError as error:
            return self._not_laid(outgoing.key, error)

    def ask(self, outgoing: Outgoing) -> Answer:
        """See how far it came, and whether the operator has acknowledged it."""
        try:
            is_out = self._is_out(outgoing.key)
            return self._acknowledged(outgoing.key) if is_out else NOT_LAID
        except OSError as error:
            return Answer(outcome="unknown", said=_reason(error), what_to_do=_what_to_do(error, self._folder))

    def _lock(self) -> FileLock:
        return FileLock(self._staging / "lock", timeout=LOCK_S)

    def _out(self, key: str, suffix: str) -> Path:
        return self._folder / f"{key}.{suffix}"

    def _staged(self, key: str, suffix: str) -> Path:
        return self._staging / f"{key}.{suffix}"

    def _is_out(self, key: str) -> bool:
        if _exists(self._staged(key, "ready")):
            return not _exists(self._staged(key, "sha256"))
        return any(_exists(self._out(key, suffix)) for suffix in ("sha256", "ack", "nack"))

    def _lay_out(self, outgoing: Outgoing) -> None:
        key = outgoing.key
        ready = self._staged(key, "ready")
        parts = [(self._staged(key, part), self._out(key, part)) for part in PARTS]
        is_complete = all(_exists(staged) or _exists(out) for staged, out in parts)
        if not (_exists(ready) and is_complete):
            ready.unlink(missing_ok=True)
            sync_folder(self._staging)
            self._stage(outgoing)
            write_synced(ready, b"")
            sync_folder(self._staging)
        for staged, out in parts:
            if _exists(staged):
                staged.rename(out)
        sync_folder(self._folder)
        self._staged(key, "sha256").rename(self._out(key, "sha256"))
        sync_folder(self._folder)
        sync_folder(self._staging)

    def _stage(self, outgoing: Outgoing) -> None:
        cells = outgoing.cells.select("cell_id", "expected_recipients", mode=pl.lit(outgoing.mode)).write_csv().encode()
        contents = {"csv": cells, "json": target_list(outgoing)}
        for part, content in contents.items():
            write_synced(self._staged(outgoing.key, part), content)
        lines = [f"{hashlib.sha256(contents[part]).hexdigest()}  {outgoing.key}.{part}\n" for part in PARTS]
        write_synced(self._staged(outgoing.key, "sha256"), "".join(lines).encode())
        sync_folder(self._staging)

    def _acknowledged(self, key: str) -> Answer:
        refusal = _read(self._out(key, "nack"))
        if refusal is not None:
            said = said_in(read_words(refusal[0]), refusal[0]) or "refused without a reason"
            return Answer(outcome="failed", said=said, what_to_do="ask the operator's engineer why")
        receipt = _read(self._out(key, "ack"))
        if receipt is None:
            return LAID
        content, written_at = receipt
        if not content.strip():
            is_settled = self._clock() - written_at >= SETTLE_S
            return Answer(outcome="delivered", said="acknowledged") if is_settled else LAID
        words = read_words(content)
        outcome = outcome_in(words, key)
        if outcome is None or outcome == "absent":
            to_do = f"ask the operator's engineer what {key}.ack means: it is neither empty nor a receipt of this list"
            return Answer(outcome="accepted", said="acknowledged by a file that cannot be read", what_to_do=to_do)
        return Answer(
            outcome=outcome,
            said=said_in(words, content),
            reference=reference_in(words),
            recipients=recipients_in(words),
        )

    def _not_laid(self, key: str, error: OSError) -> Answer:
        try:
            is_out = self._is_out(key)
        except OSError:
            return Answer(outcome="unknown", said=_reason(error), what_to_do=_what_to_do(error, self._folder))
        if is_out:
            return LAID
        return Answer(outcome="later", said=_reason(error), what_to_do=_what_to_do(error, self._folder))


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _read(path: Path) -> tuple[bytes, float] | None:
    """Read what came back and when it changed; never through a link, nor from anything that is no plain file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "an acknowledgement is no plain file")
        return file.read(MOST_BYTES), status.st_ctime


def _reason(error: OSError) -> str:
    return one_line(error.strerror or type(error).__name__)


def _what_to_do(error: OSError, folder: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"make room on the disk of {folder}"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"let this user write to {folder}"
    return f"look at {folder}: it must be a folder that this user can write to"
