"""Whose network an MCC and MNC name, and how many digits an MNC has."""

from functools import cache
from importlib.resources import files

import polars as pl

# Countries whose networks use three-digit MNCs (ITU-T E.212, Annex to Operational Bulletin): sources that keep the
# MNC as a number have lost the leading zeros, and only the country can tell how many there were.
THREE_DIGIT_MCC = [
    "302",
    "310",
    "311",
    "312",
    "313",
    "314",
    "315",
    "316",
    "338",
    "342",
    "344",
    "346",
    "348",
    "350",
    "352",
    "354",
    "356",
    "358",
    "360",
    "365",
    "366",
    "376",
    "708",
    "722",
    "732",
    "738",
    "750",
]


@cache
def read_networks() -> pl.DataFrame:
    """The networks known by name: columns mcc, mnc, operator, all text."""
    return pl.read_csv(files("geo").joinpath("networks.csv").read_bytes(), infer_schema=False)
