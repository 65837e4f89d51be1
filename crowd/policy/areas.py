"""The areas that rules name: whether they are loaded, and which crowds stand in them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from crowd.policy.rules import Rule
from crowd.policy.schema import Policy
from crowd.policy.when import Bools
from crowd.policy.where import Floats
from geo.areas import area_at, loaded_levels, read_area_names, read_areas
from lake.errors import RefusedInputError
from lake.home import Home


def check_policy(policy: Policy, *, home: Home) -> None:
    """Test that every area that a rule or an approval without people names is loaded.

    Raises:
        RefusedInputError: no areas are loaded, or none has the code or one below it; names the rule and the code.
    """
    named = [(rule.name, code) for rule in policy.rules for code in rule.areas or ()]
    named += [(auto.name, code) for auto in policy.auto for code in auto.areas or ()]
    if not named:
        return
    loaded = read_area_names(home)["code"]
    for name, code in named:
        where = f"policy: rule '{name}' names the area {code}"
        if loaded.is_empty():
            raise RefusedInputError(f"{where}, but no areas are loaded: load them with `kerumun areas load`")
        if not _is_below(loaded, (code,)).any():
            raise RefusedInputError(f"{where}, but no loaded area has that code: mend the code or load its level")


def area_codes(rules: Sequence[Rule], *, home: Home, lat: Floats, lon: Floats) -> list[pl.Series]:
    """Code of the area at each point for every loaded level; nothing where no rule asks."""
    if not any(rule.areas for rule in rules):
        return []
    areas = read_areas(home)
    if areas is None:
        return []
    # Level by level, not the finest alone: some sources number their villages apart from their regencies.
    layers = [areas[areas["level"] == level] for level in loaded_levels(home)]
    return [pl.Series(area_at(layer, lat=lat, lon=lon).tolist(), dtype=pl.String) for layer in layers]


def is_in_areas(codes: Sequence[pl.Series], wanted: Sequence[str], *, count: int) -> Bools:
    """Whether each of `count` points lies in one of the areas wanted, or in an area below one."""
    found = np.zeros(count, dtype=np.bool_)
    for level in codes:
        found |= _is_below(level, wanted).to_numpy()
    return found


def _is_below(codes: pl.Series, wanted: Sequence[str]) -> pl.Series:
    below = [pl.lit(codes).str.starts_with(f"{code}.") for code in wanted]
    return pl.select(pl.any_horizontal(pl.lit(codes).is_in(list(wanted)), *below).fill_null(False)).to_series()
