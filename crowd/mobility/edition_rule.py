"""When a later edition of a week may tell new numbers of an hour, and when the earlier ones stand."""

import polars as pl

from crowd.mobility.tree_order import KEYS, Tree, arrange

HOUR = "interval_start"
# Sums that differ by less are the same sum, added up in another order or shared out along another outline.
SAME_DEVICES = 1e-6
SAME_PEOPLE = 0.5


def bind_to_earlier(fresh: pl.DataFrame, earlier: pl.DataFrame, tree: Tree, *, k: float) -> pl.DataFrame:
    """The table that a new edition tells: new numbers where they give nothing away, the earlier ones elsewhere.

    The choice is made for each hour and coarsest area as a whole, so that numbers of one edition and hour add up.
    The earlier numbers stand where, among siblings of a shown parent,

    - others would be hidden than before (what was shown cannot be taken back; a hidden one that has or loses its first
      data is the difference of two sums), or
    - the sum of the hidden ones changed by fewer than k devices, or by people without devices (both sums together say
      more than each of them),

    and where fewer than k devices changed at all. In the country's own family, each of these holds back the hour.

    Args:
        fresh: columns of `crowd.mobility.editions.REMEMBERED`; hidden is at least what was hidden before. Has a row for
            each row of `earlier`.
        earlier: likewise, of the last edition.
        tree: all areas.
        k: fewest devices.
    """
    places = arrange(tree).places
    places = places.with_columns(is_leaf=~pl.col("place").is_in(places["family"].unique().implode()))
    both = (
        fresh.join(earlier, on=[*KEYS, HOUR], how="left", suffix="_before", maintain_order="left")
        .join(places, on=KEYS, how="left", maintain_order="left")
        .with_columns(is_new_area=~pl.col("area_code").is_in(earlier["area_code"].unique().implode()))
    )
    compared = (
        both.lazy()
        .filter(~pl.col("is_new_area"))
        .with_columns(_change("devices"), _change("people_untold"), *_statuses())
    )
    marked = (
        both.lazy()
        .join(_held_families(compared, k=k), on=["top", HOUR], how="left", maintain_order="left")
        .join(_held_hours(compared, k=k), on=HOUR, how="left", maintain_order="left")
        .join(_small_changes(compared, k=k), on=["top", HOUR], how="left", maintain_order="left")
    )
    is_kept = pl.any_horizontal(
        pl.col(name).fill_null(value=False) for name in ("family_held", "hour_held", "is_small")
    )
    return marked.select(*KEYS, HOUR, *_chosen(is_kept, fresh.columns)).collect()


def _chosen(is_kept: pl.Expr, columns: list[str]) -> list[pl.Expr]:
    plain = [name for name in columns if name not in {*KEYS, HOUR, "is_hidden"}]
    # An area that no earlier edition told of, in an hour that stands: nothing of it can be told.
    hidden_before = pl.col("is_hidden_before").fill_null(pl.col("is_new_area") & _has_data(""))
    return [
        pl.when(is_kept).then(hidden_before).otherwise("is_hidden").alias("is_hidden"),
        *(pl.when(is_kept).then(pl.col(f"{name}_before")).otherwise(name).alias(name) for name in plain),
    ]


def _has_data(suffix: str) -> pl.Expr:
    return pl.col(f"people{suffix}").is_not_null() | pl.col(f"is_hidden{suffix}").fill_null(value=False)


def _change(name: str) -> pl.Expr:
    return (pl.col(name).fill_null(0.0) - pl.col(f"{name}_before").fill_null(0.0)).alias(f"{name}_change")


def _statuses() -> list[pl.Expr]:
    was_hidden = pl.col("is_hidden_before").fill_null(value=False)
    return [
        (pl.col("is_hidden") != was_hidden).alias("differs"),
        (pl.col("is_hidden") & was_hidden).alias("stays"),
        _has_data("_before").alias("had_data"),
    ]


def _tells_too_much(k: float) -> pl.Expr:
    """Whether what siblings now say, beside what they said, narrows a hidden one down."""
    devices = pl.col("devices_change").filter("stays").sum().abs()
    people = pl.col("people_untold_change").filter("stays").sum().abs()
    is_same = (devices < SAME_DEVICES) & (people < SAME_PEOPLE)
    is_narrowed = pl.col("stays").any() & ~is_same & (devices < k)
    return pl.col("had_data").any() & (pl.col("differs").any() | is_narrowed)


def _held_families(compared: pl.LazyFrame, *, k: float) -> pl.LazyFrame:
    families = compared.filter(pl.col("family") > 0).group_by("family", HOUR)
    told = families.agg(pl.col("top").first(), held=_tells_too_much(k))
    return told.group_by("top", HOUR).agg(family_held=pl.col("held").any())


def _held_hours(compared: pl.LazyFrame, *, k: float) -> pl.LazyFrame:
    return compared.filter(family=0).group_by(HOUR).agg(hour_held=_tells_too_much(k))


def _small_changes(compared: pl.LazyFrame, *, k: float) -> pl.LazyFrame:
    """Coarsest areas and hours in which too few devices changed; where only the people per device did, none."""
    devices, people = (pl.col(f"{name}_change").abs() for name in ("devices", "people_untold"))
    at_top = pl.col("place") == pl.col("top")
    sums = compared.group_by("top", HOUR).agg(
        had_data=pl.col("had_data").any(),
        devices=pl.max_horizontal(devices.filter("is_leaf").sum(), devices.filter(at_top).sum()),
        people=people.filter("is_leaf").sum(),
    )
    is_other_factor = (pl.col("devices") < SAME_DEVICES) & (pl.col("people") >= SAME_PEOPLE)
    is_small = pl.col("had_data") & (pl.col("devices") < k) & ~is_other_factor
    return sums.select("top", HOUR, is_small=is_small)
