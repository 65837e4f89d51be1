"""Rows of all pages at once, handed out page by page."""

import polars as pl

Rows = list[dict[str, object]]


def rows_by_page(frame: pl.DataFrame) -> dict[str, Rows]:
    """Rows as dictionaries, by the column `page`, in their order."""
    parts = frame.partition_by("page", as_dict=True, maintain_order=True, include_key=False)
    return {str(page): part.to_dicts() for (page,), part in parts.items()}


def frames_by_page(frame: pl.DataFrame, inside: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows with an `area_code`, by the page that it is on.

    Args:
        frame: such as gatherings.
        inside: `page, area_code`.
    """
    named = frame.join(inside.select("area_code", "page"), on="area_code", maintain_order="left")
    return {str(page): part for (page,), part in named.partition_by("page", as_dict=True, include_key=False).items()}
