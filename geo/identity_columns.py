"""Cell identities over whole columns, as Polars expressions. What is no identity becomes null."""

import polars as pl

from geo.identity_parts import CANONICAL, CI_BITS, LAC_BITS, SECTOR_BITS, WITH_LAC, nr_cell_bits
from geo.networks import THREE_DIGIT_MCC


def split_cell_ids(cell_id: pl.Expr) -> pl.Expr:
    """Canonical cell ids as structs of mcc, mnc (text), lac and ci (whole numbers); all null where it is none."""
    parts = cell_id.str.extract_groups(CANONICAL)
    lac, ci = (parts.struct[n].cast(pl.Int64) for n in (2, 3))
    limit = pl.when(lac.is_null()).then(1 << CI_BITS["NR"]).otherwise(1 << CI_BITS["UMTS"])
    fits = (ci < limit) & (lac.fill_null(0) < 1 << LAC_BITS)
    fields = (parts.struct[0].alias("mcc"), parts.struct[1].alias("mnc"), lac.alias("lac"), ci.alias("ci"))
    return pl.struct(pl.when(fits).then(field).alias(field.meta.output_name()) for field in fields)


def format_cell_ids(*, mcc: pl.Expr, mnc: pl.Expr, lac: pl.Expr, ci: pl.Expr) -> pl.Expr:
    """Canonical cell ids of their parts; null where they make none. `lac` is null for LTE and NR."""
    text = pl.concat_str(mcc, mnc, lac.cast(pl.String), ci.cast(pl.String), separator="-", ignore_nulls=True)
    is_whole = mcc.is_not_null() & mnc.is_not_null() & ci.is_not_null()
    return pl.when(is_whole & split_cell_ids(text).struct["ci"].is_not_null()).then(text)


def split_enodebs(ci: pl.Expr) -> pl.Expr:
    """ECIs as structs of enodeb and sector; null where a number has more than 28 bits."""
    fits = ci.is_between(0, (1 << CI_BITS["LTE"]) - 1)
    size = 1 << SECTOR_BITS
    return pl.struct(enodeb=pl.when(fits).then(ci // size), sector=pl.when(fits).then(ci % size))


def split_gnodebs(ci: pl.Expr, *, gnodeb_bits: int) -> pl.Expr:
    """NCIs as structs of gnodeb and cell; null where a number has more than 36 bits.

    Raises:
        RefusedInputError: no gNodeB id has that length.
    """
    fits = ci.is_between(0, (1 << CI_BITS["NR"]) - 1)
    size = 1 << nr_cell_bits(gnodeb_bits)
    return pl.struct(gnodeb=pl.when(fits).then(ci // size), cell=pl.when(fits).then(ci % size))


def opencellid_cell_ids(*, mnc_digits: int | None = None) -> pl.Expr:
    """Canonical cell ids of OpenCelliD's columns radio, mcc, net, area and cell, the last four being whole numbers.

    Args:
        mnc_digits: 2 or 3; None for what is customary in each country.
    """
    radio, mcc = pl.col("radio").str.to_uppercase(), pl.col("mcc").cast(pl.String).str.zfill(3)
    customary = pl.when(mcc.is_in(THREE_DIGIT_MCC)).then(3).otherwise(2)
    mnc = pl.col("net").cast(pl.String).str.zfill(customary if mnc_digits is None else pl.lit(mnc_digits))
    sizes = {name: 1 << bits for name, bits in CI_BITS.items()}
    size = radio.replace_strict(sizes, default=None, return_dtype=pl.Int64)
    lac = pl.when(radio.is_in(list(WITH_LAC))).then(pl.col("area"))
    text = format_cell_ids(mcc=mcc, mnc=mnc, lac=lac, ci=pl.col("cell"))
    has_area = ~radio.is_in(list(WITH_LAC)) | pl.col("area").is_not_null()
    return pl.when(has_area & (pl.col("cell").cast(pl.Int64) < size)).then(text)
