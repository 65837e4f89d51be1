"""Files of Arrow batches that can be made again: written aside, renamed, mapped into memory, bounded in bytes."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pyarrow as pa

Batches = tuple[pa.RecordBatch, ...]
# In names: what comes before it is the same for files that replace each other.
BEFORE_IDENTITY = "~"


def keep(path: Path, batches: Sequence[pa.RecordBatch], *, about: Mapping[str, Any], most_bytes: int) -> None:
    """Write a file; what it replaces goes, and so do files with the earliest names until all fit.

    Args:
        path: the file, named `<what>~<identity>.arrow`.
        batches: of one schema, at least one.
        about: kept with it, as JSON.
        most_bytes: of all files of the folder together.

    Raises:
        OSError: it cannot be written.
    """
    schema = batches[0].schema.with_metadata({"about": json.dumps(about)})
    with _aside(path) as draft:
        with pa.OSFile(str(draft), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
            for batch in batches:
                out.write_batch(batch.replace_schema_metadata(schema.metadata))
        with draft.open("rb") as written:
            os.fsync(written.fileno())  # a name without its content would be mapped after a power cut
        draft.replace(path)
    _make_room(path, most_bytes)


def mapped(path: Path) -> tuple[Batches, Mapping[str, Any]] | None:
    """A file as it was kept; None where there is none, or what is there is no such file."""
    try:
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            about = json.loads(reader.schema.metadata[b"about"])
            return tuple(reader.get_batch(number) for number in range(reader.num_record_batches)), about
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None


def _make_room(path: Path, most_bytes: int) -> None:
    what = path.name.split(BEFORE_IDENTITY)[0]
    left = most_bytes
    for each in sorted(path.parent.glob("*.arrow"), reverse=True):
        try:
            left -= each.stat().st_size
        except FileNotFoundError:
            continue
        is_replaced = each.name.split(BEFORE_IDENTITY)[0] == what
        if each != path and (is_replaced or left < 0):
            each.unlink(missing_ok=True)


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".draft", delete=False) as file:
        draft = Path(file.name)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)
