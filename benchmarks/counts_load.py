"""One hour of a country's counts taken in by `load_counts`: guarded, checked, recorded and put in the lake."""

from pathlib import Path
from tempfile import TemporaryDirectory

from country import Country, copy_home, take_in
from measuring import seconds_of


def load_with_kerumun(root: Path, ending: str) -> float:
    """Seconds to take in the file into a home that knows the plan."""
    country = Country(root)
    with TemporaryDirectory(dir=root) as folder:
        home = copy_home(country.home, Path(folder) / "home")
        return seconds_of(lambda: take_in(home, country.counts(ending)))
