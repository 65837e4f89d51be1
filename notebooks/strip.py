"""Strip notebooks: no outputs, no counters, nothing of anybody's machine. `python notebooks/strip.py [FILE...]`."""

import sys
from pathlib import Path

import nbformat

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same cells with their sources alone."""
    cells = []
    for number, cell in enumerate(notebook.cells, start=1):
        kept = {"cell_type": cell.cell_type, "id": f"cell-{number:02d}", "metadata": {}, "source": cell.source}
        if cell.cell_type == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(kept)
    plain = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(plain)


def main(paths: list[Path]) -> None:
    """Strip files in place; all notebooks beside this script where none are named."""
    for path in paths or sorted(Path(__file__).parent.glob("*.ipynb")):
        text = nbformat.writes(stripped(nbformat.read(path, as_version=4)), ensure_ascii=False)
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
