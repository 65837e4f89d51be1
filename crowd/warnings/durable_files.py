"""Files that a reader sees whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place, on the disk when this returns. Only the holder of its folder's lock may call it.

    Nothing is written where the same bytes are there already.

    Raises:
        OSError: the disk or the folder does not take it; what was there before stays.
    """
    if read_if_there(path) != content:
        write_synced(path, content)
    # Also of a file found in place: whoever wrote it may have died before this.
    sync_folder(path.parent)


def write_synced(path: Path, content: bytes) -> None:
    """Put a file in place whole; its name is on the disk once its folder has been synced.

    Raises:
        OSError: the disk or the folder does not take it; what was there before stays.
    """
    aside = path.with_name(f".{path.name}.tmp")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def read_if_there(path: Path) -> bytes | None:
    """Content of a file; None where there is none.

    Raises:
        OSError: it is there and cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder to the disk.

    Raises:
        OSError: it cannot be done.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
