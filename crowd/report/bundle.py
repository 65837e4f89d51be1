"""A table with its data dictionary and its metadata as one ZIP; the same files give the same bytes."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from crowd.report.metadata import metadata_of
from lake.files import hash_file

MADE_AT = (1980, 1, 1, 0, 0, 0)  # the oldest that a ZIP can tell: no clock
READABLE = 0o100644 << 16  # a plain file that all may read
UNIX = 3


class ReplacedError(Exception):
    """A report was written anew while it was read."""


def bundle_kept(table: Path, *, dictionary: Path, metadata: Path, output: Path) -> None:
    """Pack a table that was written ahead among other files of its week, as if it had been written alone.

    Args:
        table: the file.
        dictionary: its data dictionary.
        metadata: of all files of the week; the table's own is made of it.
        output: the file.

    Raises:
        FileNotFoundError: one of them is gone.
        ReplacedError: they are not of one report.
    """
    with TemporaryDirectory(dir=output.parent) as folder:
        files = [take(file, Path(folder) / file.name) for file in (table, dictionary)]
        told = metadata_of(table.name, metadata.read_text(encoding="utf-8"))
        if hash_file(files[0]) not in told:
            raise ReplacedError(table.name)
        files.append(Path(folder) / f"{table.name}.metadata.json")
        files[-1].write_text(told, encoding="utf-8")
        pack(files, output=output)


def pack(files: Sequence[Path], *, output: Path) -> None:
    """Write files as a ZIP by their names alone."""
    with ZipFile(output, "w") as bundle:
        for file in files:
            told = ZipInfo(file.name, MADE_AT)
            told.file_size = file.stat().st_size  # tells whether it takes the form for large files
            told.external_attr, told.create_system = READABLE, UNIX
            told.compress_type = ZIP_STORED if file.suffix == ".parquet" else ZIP_DEFLATED
            with file.open("rb") as source, bundle.open(told, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def take(file: Path, target: Path) -> Path:
    """A file of its own, which stays whole while the weekly flow puts another report in the place of this one."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)
    return target
