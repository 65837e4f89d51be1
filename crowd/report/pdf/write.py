"""A week's report as a PDF."""

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import geopandas as gpd
import typst

from crowd.mobility.model import Weekly
from crowd.report.options import ReportOptions
from crowd.report.pdf.content import make_content
from crowd.report.pdf.pictures import SaveFile
from crowd.report.words import load_words

TEMPLATES = "crowd.report.pdf.templates"
MAIN = "report.typ"
# Archivable, and readable aloud: every picture has a text, every table its head.
STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = ("a-2a", "ua-1")


def write_pdf(
    weekly: Weekly, *, language: str, outlines: gpd.GeoDataFrame | None, options: ReportOptions, output: Path
) -> int:
    """Write the report of a week; the same week gives the same bytes.

    Args:
        weekly: the week.
        language: "id" or "en".
        outlines: of the areas: code, geometry in longitude and latitude. Without them there are no maps.
        options: who publishes it, under which licence.
        output: the file.

    Returns:
        Bytes written.

    Raises:
        RefusedInputError: there are no words in the language.
    """
    words = load_words(language)
    with TemporaryDirectory(prefix="kerumun-report-") as folder:
        root = Path(folder)
        save = _saver(root)
        for template in files(TEMPLATES).iterdir():
            if template.name.endswith(".typ"):
                save(template.name, template.read_text(encoding="utf-8"))
        content = make_content(weekly, words=words, outlines=outlines, options=options, save=save)
        save("content.json", json.dumps(content, ensure_ascii=False))
        written = _compile(root, weekly)
    output.write_bytes(written)
    return len(written)


def _compile(root: Path, weekly: Weekly) -> bytes:
    """Only fonts that Typst brings and no clock, so that every machine writes the same."""
    compiler = typst.Compiler(root / MAIN, root=root, ignore_system_fonts=True)
    timestamp = int(weekly.week.end.timestamp())
    written = compiler.compile(format="pdf", pdf_standards=list(STANDARDS), timestamp=timestamp)
    if not isinstance(written, bytes):
        raise TypeError("Typst gave no PDF")
    return written


def _saver(root: Path) -> SaveFile:
    def save(name: str, text: str) -> str:
        (root / name).write_text(text, encoding="utf-8")
        return name

    return save
