"""Parts of cell identities: how long each may be, and how 3GPP writes a network."""

import re
from typing import Literal

from lake.errors import RefusedInputError

CANONICAL = r"^([0-9]{3})-([0-9]{2,3})-(?:(0|[1-9][0-9]{0,4})-)?(0|[1-9][0-9]{0,10})$"
LAC_BITS = 16
# A UMTS cell is known by its RNC id (12 bits) and cell id (16 bits) together (TS 25.401).
CI_BITS = {"GSM": 16, "UMTS": 28, "LTE": 28, "NR": 36}
WITH_LAC = frozenset({"GSM", "UMTS"})
SECTOR_BITS, ENODEB_BITS = 8, 20
GNODEB_BITS = range(22, 33)
FILLER = "f"

Kind = Literal["CGI", "ECGI", "NCGI"]
# Octets after the PLMN: location area and cell; spare nibble and ECI; spare nibble and NCI.
CELL_OCTETS: dict[Kind, int] = {"CGI": 4, "ECGI": 4, "NCGI": 5}
CELL_BITS: dict[Kind, int] = {"CGI": CI_BITS["GSM"], "ECGI": CI_BITS["LTE"], "NCGI": CI_BITS["NR"]}


def plmn_octets(mcc: str, mnc: str) -> bytes:
    """MCC and MNC as three octets, digits swapped in each (TS 24.008, 10.5.1.3): 510-10 is 15 f0 01.

    Raises:
        RefusedInputError: they are no MCC and MNC.
    """
    check_plmn(mcc, mnc)
    third = mnc[2] if len(mnc) == 3 else FILLER  # noqa: PLR2004 - an MNC of three digits
    return bytes.fromhex(mcc[1] + mcc[0] + third + mcc[2] + mnc[1] + mnc[0])


def parse_plmn(octets: bytes) -> tuple[str, str]:
    """MCC and MNC of three octets.

    Raises:
        RefusedInputError: a digit of them is none.
    """
    text = octets.hex()
    found = re.fullmatch(r"([0-9])([0-9])([0-9f])([0-9])([0-9])([0-9])", text)
    if found is None:
        raise RefusedInputError(f"'{text}' is no PLMN: write MCC and MNC as three octets, like 15f001 for 510-10")
    mcc2, mcc1, mnc3, mcc3, mnc2, mnc1 = found.groups()
    return mcc1 + mcc2 + mcc3, mnc1 + mnc2 + mnc3.removeprefix(FILLER)


def nr_cell_bits(gnodeb_bits: int) -> int:
    """Bits that are left for the cell below a gNodeB id of so many."""
    if gnodeb_bits not in GNODEB_BITS:
        raise RefusedInputError(f"no gNodeB id has {gnodeb_bits} bits: it has 22 to 32")
    return CI_BITS["NR"] - gnodeb_bits


def requirement(kind: Kind) -> str:
    """What a cell with an identity of the kind looks like."""
    area = "a LAC and a CI" if kind == "CGI" else "no LAC and a CI"
    return f"it takes {area} of at most {CELL_BITS[kind]} bits"


def check_plmn(mcc: str, mnc: str) -> None:
    """Refuse texts that are no MCC (three digits) and MNC (two or three)."""
    check_digits("MCC", mcc, lengths=(3,))
    check_digits("MNC", mnc, lengths=(2, 3))


def check_digits(what: str, text: str, *, lengths: tuple[int, ...]) -> None:
    """Refuse a text that is not so many digits."""
    if len(text) not in lengths or not (text.isascii() and text.isdigit()):
        wanted = " or ".join(str(n) for n in lengths)
        raise RefusedInputError(f"'{text}' is no {what}: it has {wanted} digits")


def check_bits(what: str, number: int, *, bits: int) -> None:
    """Refuse a number that does not fit so many bits."""
    if not 0 <= number < 1 << bits:
        raise RefusedInputError(f"{number} is no {what}: it lies between 0 and {(1 << bits) - 1}")
