"""A week's report as files, whichever are asked for: each appears whole or not at all."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import geopandas as gpd

from crowd.mobility.model import Weekly
from crowd.report.dictionary import write_dictionary
from crowd.report.metadata import write_metadata
from crowd.report.options import FORMATS, SPOKEN, FileFormat, Language, ReportOptions
from crowd.report.sheets import write_xlsx
from crowd.report.tidy import write_tidy
from lake.errors import RefusedInputError

# Code, name, level, parent and geometry of the areas; asked for only where pages with maps are written.
Outlines = Callable[[], gpd.GeoDataFrame]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file of a report.

    Attributes:
        path: where it lies.
        size: in bytes.
        rows: of a table; None where it has none of its own.
    """

    path: Path
    size: int
    rows: int | None = None


def format_of(output: Path) -> FileFormat:
    """The format that a file's name ends in.

    Raises:
        RefusedInputError: it is none of a report's.
    """
    ending = output.suffix.removeprefix(".").casefold()
    for known in FORMATS:
        if ending == known:
            return known
    raise RefusedInputError(f"{output.name} has no ending of a report: choose one of .{', .'.join(FORMATS)}")


def check_output(output: Path) -> FileFormat:
    """The format of a file that can be written, before a report is made for it.

    Raises:
        RefusedInputError: its name ends in no format, or its folder is absent.
    """
    file_format = format_of(output)
    if not output.parent.is_dir():
        raise RefusedInputError(f"there is no folder {output.parent}: make it, or choose another --output")
    if output.is_dir():
        raise RefusedInputError(f"{output} is a folder: choose the name of a file for --output")
    return file_format


def write_report(
    weekly: Weekly, *, language: Language, outlines: Outlines, options: ReportOptions, output: Path
) -> list[Written]:
    """Write a week as the format that the file's name ends in.

    Beside a table (CSV, Parquet) lie its data dictionary, `NAME.dictionary.csv`, and its metadata,
    `NAME.csv.metadata.json`.

    Args:
        weekly: the week.
        language: of pages and sheets.
        outlines: of its areas, for the maps of pages.
        options: who publishes it, under which licence.
        output: the file, in a folder that exists.

    Returns:
        The files, the report first.

    Raises:
        RefusedInputError: the format is unknown, or the folder is absent or cannot be written.
    """
    file_format = check_output(output)
    try:
        draft = Path(mkdtemp(dir=output.parent, prefix=f".{output.name}."))
        try:
            files = write_format(
                weekly, file_format, language=language, outlines=outlines, options=options, output=draft / output.name
            )
            if file_format not in SPOKEN:
                files += _describe(weekly, options=options, data=draft / output.name)
            return [_move(file, output.parent) for file in files]
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise RefusedInputError(f"cannot write {output}: {error.strerror or error}") from None


def write_format(
    weekly: Weekly,
    file_format: FileFormat,
    *,
    language: Language,
    outlines: Outlines,
    options: ReportOptions,
    output: Path,
) -> list[Written]:
    """Write one file of a week, with nothing beside it."""
    rows = None
    if file_format == "pdf":
        from crowd.report.pdf import write_pdf  # noqa: PLC0415 - the typesetter is needed for pages alone

        write_pdf(weekly, language=language, outlines=outlines(), options=options, output=output)
    elif file_format == "xlsx":
        write_xlsx(weekly, language=language, output=output, options=options)
    else:
        rows = write_tidy(weekly, file_format=file_format, output=output)
    return [_written(output, rows=rows)]


def write_week(weekly: Weekly, *, name: str, outlines: Outlines, options: ReportOptions, folder: Path) -> list[Written]:
    """Write every format and language that an installation wants of a week, described by one `NAME.metadata.json`.

    Args:
        weekly: the week.
        name: that the files' names begin with.
        outlines: of its areas.
        options: formats and languages, who publishes it.
        folder: where they go; nothing in it is replaced before all are written, so give an empty one.
    """
    files: list[Written] = []
    for file_format in options.formats:
        spoken: Sequence[Language | None] = options.languages if file_format in SPOKEN else (None,)
        for language in spoken:
            file = folder / file_name(name, file_format, language=language)
            files += write_format(
                weekly,
                file_format,
                language=language or options.languages[0],
                outlines=outlines,
                options=options,
                output=file,
            )
    metadata = folder / f"{name}.metadata.json"
    described = [file.path for file in files]
    if any(file_format not in SPOKEN for file_format in options.formats):
        dictionary = folder / f"{name}.dictionary.csv"
        files.append(_written(dictionary, rows=write_dictionary(weekly, output=dictionary)))
        described.append(dictionary)
    write_metadata(weekly, options=options, files=described, output=metadata)
    return [*files, _written(metadata)]


def file_name(name: str, file_format: FileFormat, *, language: Language | None) -> str:
    """Name of a file of a week; those with words in them name their language."""
    return f"{name}-{language}.{file_format}" if file_format in SPOKEN else f"{name}.{file_format}"


def _describe(weekly: Weekly, *, options: ReportOptions, data: Path) -> list[Written]:
    dictionary = data.with_name(f"{data.stem}.dictionary.csv")
    rows = write_dictionary(weekly, output=dictionary)
    metadata = data.with_name(f"{data.name}.metadata.json")
    write_metadata(weekly, options=options, files=[data, dictionary], output=metadata)
    return [_written(dictionary, rows=rows), _written(metadata)]


def _written(path: Path, *, rows: int | None = None) -> Written:
    return Written(path=path, size=path.stat().st_size, rows=rows)


def _move(file: Written, folder: Path) -> Written:
    target = folder / file.path.name
    file.path.replace(target)
    return Written(path=target, size=file.size, rows=file.rows)
