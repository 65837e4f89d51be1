"""Numbers as people read them: rounded as far as they are known, and written in the manner of a language."""

import polars as pl

# The last digit told is uncertain by at least one step to either side.
STEPS_OF_RANGE = 2


def round_to_range(number: pl.Expr, *, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """Round a number of people as its range deserves.

    The step is the widest power of ten that fits twice into the range, but never so wide that fewer than two
    significant digits stay, and never under one person. So 4,123 is 4,100 within 3,300 to 5,000, and 4,120 within
    4,070 to 4,170. Where the range is unknown two significant digits stay.

    Args:
        number: what is rounded; its low and high may be rounded with the same range and keep their order.
        low: lowest plausible number of people.
        high: highest plausible number of people.
    """
    by_range = _power_of_ten((high - low).abs() / STEPS_OF_RANGE)
    two_digits = _power_of_ten(number.abs() / 10)
    step = pl.min_horizontal(by_range, two_digits).clip(1)
    return (number / step).round(mode="half_away_from_zero") * step


def not_below(rounded: pl.Expr, *, exact: pl.Expr, least: pl.Expr, places: int = 0) -> pl.Expr:
    """Round up instead where rounding would hide that a threshold is passed.

    Args:
        rounded: the rounded number.
        exact: the number itself.
        least: its threshold.
        places: decimal places of the number rounded up.
    """
    unit = 10.0**places
    is_hidden = (exact >= least) & (rounded < least)
    return pl.when(is_hidden).then((exact * unit).ceil() / unit).otherwise(rounded)


def finite(number: pl.Expr) -> pl.Expr:
    """Null for numbers that are none."""
    return pl.when(number.is_finite()).then(number)


def written(number: pl.Expr, *, thousands: str, point: str, places: int = 0, least_places: int = 0) -> pl.Expr:
    """Write numbers, as in "12,345.6".

    Args:
        number: rounded to `places`.
        thousands: between groups of three digits.
        point: before decimals.
        places: most decimal places.
        least_places: how many are kept where they are zero.
    """
    units = (number.abs() * 10**places).round().cast(pl.Int64, strict=False)
    whole, rest = units // 10**places, units % 10**places
    groups = whole.cast(pl.String).str.reverse().str.replace_all(r"\d{3}", f"${{0}}{thousands}")
    decimals = rest.cast(pl.String).str.zfill(places) if places else pl.lit("")
    kept = decimals.str.slice(0, least_places) + decimals.str.slice(least_places).str.strip_chars_end("0")
    sign = pl.when((number < 0) & (units > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(
        sign,
        groups.str.strip_chars_end(thousands).str.reverse(),
        pl.when(kept == "").then(pl.lit("")).otherwise(pl.lit(point)),
        kept,
    )


def _power_of_ten(number: pl.Expr) -> pl.Expr:
    return pl.lit(10.0).pow(number.log10().floor())
