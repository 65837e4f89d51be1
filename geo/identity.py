"""Cell identities: one cell's name as we write it, as 3GPP encodes it and as other sources list it.

Written `MCC-MNC-CI` for LTE and NR and `MCC-MNC-LAC-CI` for GSM and UMTS; see docs/data-contracts.md.
"""

import re
from dataclasses import dataclass

from geo.identity_parts import (
    CANONICAL,
    CELL_BITS,
    CELL_OCTETS,
    CI_BITS,
    ENODEB_BITS,
    LAC_BITS,
    SECTOR_BITS,
    WITH_LAC,
    Kind,
    check_bits,
    check_plmn,
    nr_cell_bits,
    parse_plmn,
    plmn_octets,
    requirement,
)
from geo.networks import THREE_DIGIT_MCC
from lake.errors import RefusedInputError


@dataclass(frozen=True, kw_only=True)
class CellIdentity:
    """One cell of one network.

    Attributes:
        mcc: three digits.
        mnc: two or three digits; "01" and "001" are different networks.
        ci: ECI (28 bits) or NCI (36 bits) where there is no `lac`; else the CI of GSM (16 bits) or UMTS (28 bits).
        lac: location area of a GSM or UMTS cell (16 bits), None for LTE and NR.
    """

    mcc: str
    mnc: str
    ci: int
    lac: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no network can have.

        Raises:
            RefusedInputError: a part has the wrong number of digits or bits.
        """
        check_plmn(self.mcc, self.mnc)
        if self.lac is not None:
            check_bits("LAC", self.lac, bits=LAC_BITS)
        check_bits("CI", self.ci, bits=CI_BITS["NR"] if self.lac is None else CI_BITS["UMTS"])

    def __str__(self) -> str:
        """The canonical text."""
        parts = (self.mcc, self.mnc, self.ci) if self.lac is None else (self.mcc, self.mnc, self.lac, self.ci)
        return "-".join(str(part) for part in parts)

    @classmethod
    def parse(cls, text: str) -> "CellIdentity":
        """Read a canonical cell id.

        Raises:
            RefusedInputError: it is none.
        """
        found = re.fullmatch(CANONICAL, text)
        if found is None:
            raise RefusedInputError(f"'{text}' is no cell id: write MCC-MNC-CI or MCC-MNC-LAC-CI, numbers in decimal")
        mcc, mnc, lac, ci = found.groups()
        return cls(mcc=mcc, mnc=mnc, lac=None if lac is None else int(lac), ci=int(ci))

    def to_octets(self, kind: Kind) -> bytes:
        """The identity as 3GPP encodes it: PLMN, then LAC and CI, or the ECI or NCI below four spare bits of zero.

        Laid out as in the user location information of TS 29.274, 8.21 (CGI 8.21.1, ECGI 8.21.5), NCGI alike with 36
        bits; identities by TS 23.003, 4.3.1, 19.6 and 19.6A.

        Raises:
            RefusedInputError: this cell has no identity of the kind.
        """
        if (self.lac is not None) != (kind == "CGI") or self.ci >= 1 << CELL_BITS[kind]:
            raise RefusedInputError(f"cell {self} has no {kind}: {requirement(kind)}")
        number = self.ci if self.lac is None else self.lac << CELL_BITS["CGI"] | self.ci
        return plmn_octets(self.mcc, self.mnc) + number.to_bytes(CELL_OCTETS[kind], "big")

    @classmethod
    def from_octets(cls, octets: bytes, kind: Kind) -> "CellIdentity":
        """Read an identity as 3GPP encodes it.

        Raises:
            RefusedInputError: the length is wrong, a digit is none, or a spare bit is set.
        """
        if len(octets) != 3 + CELL_OCTETS[kind]:
            raise RefusedInputError(f"'{octets.hex()}' is no {kind}: it has {3 + CELL_OCTETS[kind]} octets")
        mcc, mnc = parse_plmn(octets[:3])
        number = int.from_bytes(octets[3:], "big")
        if kind == "CGI":
            return cls(mcc=mcc, mnc=mnc, lac=number >> LAC_BITS, ci=number & 0xFFFF)
        if number >= 1 << CELL_BITS[kind]:
            raise RefusedInputError(f"'{octets.hex()}' is no {kind}: the four bits after the PLMN must be zero")
        return cls(mcc=mcc, mnc=mnc, ci=number)

    def to_hex(self, kind: Kind) -> str:
        """The octets as lower-case hexadecimal text."""
        return self.to_octets(kind).hex()

    @classmethod
    def from_hex(cls, text: str, kind: Kind) -> "CellIdentity":
        """Read octets given as hexadecimal text, in either case.

        Raises:
            RefusedInputError: it is no such identity.
        """
        if re.fullmatch("(?:[0-9a-fA-F]{2})*", text) is None:
            raise RefusedInputError(f"'{text}' is no {kind}: write its octets as hexadecimal digits, nothing between")
        return cls.from_octets(bytes.fromhex(text), kind)

    @classmethod
    def from_enodeb(cls, *, mcc: str, mnc: str, enodeb: int, sector: int) -> "CellIdentity":
        """The LTE cell of a macro eNodeB (20 bits) and its sector (8 bits); TS 36.413, 9.2.1.37."""
        check_bits("eNodeB id", enodeb, bits=ENODEB_BITS)
        check_bits("sector", sector, bits=SECTOR_BITS)
        return cls(mcc=mcc, mnc=mnc, ci=enodeb << SECTOR_BITS | sector)

    @property
    def enodeb_sector(self) -> tuple[int, int]:
        """The eNodeB id and the sector of an LTE cell.

        Raises:
            RefusedInputError: it is no LTE cell.
        """
        if self.lac is not None or self.ci >= 1 << CI_BITS["LTE"]:
            raise RefusedInputError(f"cell {self} has no eNodeB: {requirement('ECGI')}")
        return divmod(self.ci, 1 << SECTOR_BITS)

    @classmethod
    def from_gnodeb(cls, *, mcc: str, mnc: str, gnodeb: int, cell: int, gnodeb_bits: int) -> "CellIdentity":
        """The NR cell of a gNodeB; each network chooses the length of its ids, 22 to 32 bits; TS 38.413, 9.3.1.6."""
        cell_bits = nr_cell_bits(gnodeb_bits)
        check_bits("gNodeB id", gnodeb, bits=gnodeb_bits)
        check_bits("cell", cell, bits=cell_bits)
        return cls(mcc=mcc, mnc=mnc, ci=gnodeb << cell_bits | cell)

    def gnodeb_cell(self, *, gnodeb_bits: int) -> tuple[int, int]:
        """The gNodeB id and the cell of an NR cell.

        Raises:
            RefusedInputError: it is no NR cell, or no gNodeB id has that length.
        """
        if self.lac is not None:
            raise RefusedInputError(f"cell {self} has no gNodeB: {requirement('NCGI')}")
        return divmod(self.ci, 1 << nr_cell_bits(gnodeb_bits))

    @classmethod
    def from_opencellid(
        cls, *, radio: str, mcc: int, net: int, area: int, cell: int, mnc_digits: int | None = None
    ) -> "CellIdentity":
        """The cell of a row of OpenCelliD, whose area is no part of an LTE or NR identity.

        Args:
            radio: GSM, UMTS, LTE or NR, in either case.
            mcc: number, its leading zeros lost.
            net: MNC as a number, its leading zeros lost.
            area: location or tracking area.
            cell: CI, ECI or NCI.
            mnc_digits: 2 or 3; None for what is customary in the country.

        Raises:
            RefusedInputError: no cell can have these numbers.
        """
        if radio.upper() not in CI_BITS:
            raise RefusedInputError(f"no radio '{radio}' is known: there are {', '.join(CI_BITS)}")
        check_bits(f"{radio.upper()} cell", cell, bits=CI_BITS[radio.upper()])
        country = f"{mcc:03}"
        digits = mnc_digits or (3 if country in THREE_DIGIT_MCC else 2)
        lac = area if radio.upper() in WITH_LAC else None
        return cls(mcc=country, mnc=f"{net:0{digits}}", lac=lac, ci=cell)

    def to_opencellid(self, *, radio: str, area: int | None = None) -> dict[str, str | int]:
        """radio, mcc, net, area and cell of OpenCelliD; an LTE or NR cell must be told its tracking area.

        Raises:
            RefusedInputError: this cell is not of the radio, or has no area.
        """
        bits = CI_BITS.get(radio, 0)
        if self.ci >= 1 << bits or (radio in WITH_LAC) != (self.lac is not None):
            raise RefusedInputError(f"cell {self} is no cell of radio '{radio}'")
        place = area if self.lac is None else self.lac
        if place is None:
            raise RefusedInputError(f"cell {self} does not say its tracking area: OpenCelliD needs one")
        return {"radio": radio, "mcc": int(self.mcc), "net": int(self.mnc), "area": place, "cell": self.ci}
