"""The folder a simulation is written to: refused if it holds anything else, replaced if it is one of ours."""

import json
from pathlib import Path

from lake.errors import RefusedInputError

MARK = "simulation.json"
MADE_BY = "kerumun simulate"


def refuse_foreign_folder(out: Path) -> None:
    """Make sure that a folder is free for a simulation.

    Raises:
        RefusedInputError: it is a file, or holds files that no simulation wrote.
    """
    if out.exists() and not out.is_dir():
        raise RefusedInputError(f"{out} is a file: give a folder for the simulation.")
    if out.is_dir() and any(out.iterdir()) and not _earlier_files(out):
        raise RefusedInputError(
            f"The folder {out} holds files that no simulation wrote: give an empty or a new folder."
        )


def write_folder(out: Path, *, files: dict[str, bytes], seed: int) -> tuple[Path, ...]:
    """Write files under a folder in place of those an earlier simulation wrote there.

    The mark goes first, so that a run cut short leaves a folder the next run may replace.

    Args:
        out: the folder, free or of an earlier simulation.
        files: content by path relative to the folder.
        seed: the simulation's seed, kept in the mark.

    Returns:
        Relative paths of all files, sorted, the mark among them.
    """
    refuse_foreign_folder(out)
    names = sorted([*files, MARK])
    for earlier in _earlier_files(out):
        if earlier.name != MARK:
            earlier.unlink(missing_ok=True)
    mark = {"made_by": MADE_BY, "seed": seed, "files": names}
    for name, content in [(MARK, (json.dumps(mark, indent=1) + "\n").encode()), *sorted(files.items())]:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tuple(Path(name) for name in names)


def _earlier_files(out: Path) -> list[Path]:
    """Return the files that an earlier simulation wrote to a folder, none if it is not one of ours."""
    try:
        mark = json.loads((out / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(mark, dict) or mark.get("made_by") != MADE_BY or not isinstance(mark.get("files"), list):
        return []
    paths = [out / str(name) for name in mark["files"]]
    return [path for path in paths if path.resolve().is_relative_to(out.resolve())]
