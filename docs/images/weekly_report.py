"""Takes the picture of the weekly report for policy staff: python docs/images/weekly_report.py HOME [OUTPUT].

HOME is the sample as `kerumun demo` leaves it (kerumun-home/demo); it is copied, as a report leaves an edition behind.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

WEEK = "2020-W13"
FIRST_PAGE = 0
SCALE = 1.5  # 108 dots an inch
KEEPS_COLOURS = Image.Quantize.FASTOCTREE  # the others mix those of the levels


def main() -> None:
    """Take it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=Path(__file__).with_name("weekly-report.png"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = shutil.copytree(given.home, Path(folder) / "home")
        pages = Path(folder) / "week.pdf"
        command = [
            str(Path(sys.executable).with_name("kerumun")),
            *("report", "weekly", "--week", WEEK, "--lang", "en"),
            *("--home", str(home), "--output", str(pages)),
        ]
        subprocess.run(command, check=True)  # noqa: S603 - a command of our own
        _take(pages, given.output)


def _take(pages: Path, output: Path) -> None:
    with pypdfium2.PdfDocument(pages) as document:
        page = document[FIRST_PAGE].render(scale=SCALE).to_pil()
    page.quantize(method=KEEPS_COLOURS, dither=Image.Dither.NONE).save(output, optimize=True)


if __name__ == "__main__":
    main()
