from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.identity import CellIdentity
from geo.identity_columns import (
    format_cell_ids,
    opencellid_cell_ids,
    split_cell_ids,
    split_enodebs,
    split_gnodebs,
)
from geo.identity_parts import parse_plmn, plmn_octets
from geo.networks import THREE_DIGIT_MCC, read_networks
from lake.errors import RefusedInputError
from lake.profile import FileProfile

mccs = st.from_regex(r"[0-9]{3}", fullmatch=True, alphabet=st.characters(codec="ascii"))
mncs = st.from_regex(r"[0-9]{2,3}", fullmatch=True, alphabet=st.characters(codec="ascii"))
networks = st.fixed_dictionaries({"mcc": mccs, "mnc": mncs})


def cells(*, lac=None, ci_bits):
    """Identities with a CI of at most so many bits."""
    return st.builds(
        lambda network, lac, ci: CellIdentity(**network, lac=lac, ci=ci),
        networks,
        st.none() if lac is None else lac,
        st.integers(0, 2**ci_bits - 1),
    )


with_lac = cells(lac=st.integers(0, 65535), ci_bits=28)
any_cell = cells(ci_bits=36) | with_lac
encoded = st.one_of(
    st.tuples(st.just("CGI"), cells(lac=st.integers(0, 65535), ci_bits=16)),
    st.tuples(st.just("ECGI"), cells(ci_bits=28)),
    st.tuples(st.just("NCGI"), cells(ci_bits=36)),
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("001-01-257", ("001", "01", None, 257)),
        ("001-001-257", ("001", "001", None, 257)),
        ("001-01-7-258", ("001", "01", 7, 258)),
        ("001-01-68719476735", ("001", "01", None, 2**36 - 1)),
        ("001-01-0-0", ("001", "01", 0, 0)),
    ],
)
def test_a_canonical_id_is_read_into_its_parts(text, parts):
    cell = CellIdentity.parse(text)
    assert (cell.mcc, cell.mnc, cell.lac, cell.ci) == parts


NO_IDS = [
    "",
    "001-01",
    "001-1-257",
    "01-01-257",
    "001-0001-257",
    "001-01-0257",
    "001-01-07-257",
    "001-01--257",
    "001-01-257\n",
    " 001-01-257",
    "001-01-٣",
    "001-01-68719476736",
    "001-01-65536-1",
    "001-01-7-268435456",
    "001-01-7-8-9",
]


@pytest.mark.parametrize("text", NO_IDS)
def test_what_is_no_canonical_id_is_refused(text):
    with pytest.raises(RefusedInputError):
        CellIdentity.parse(text)


@given(any_cell)
def test_text_names_one_cell(cell):
    assert CellIdentity.parse(str(cell)) == cell


@pytest.mark.parametrize(
    ("mcc", "mnc", "text"),
    [("510", "10", "15f001"), ("001", "01", "00f110"), ("001", "001", "001100"), ("310", "260", "130062")],
)
def test_networks_are_written_with_swapped_digits(mcc, mnc, text):
    assert plmn_octets(mcc, mnc).hex() == text
    assert parse_plmn(bytes.fromhex(text)) == (mcc, mnc)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        ("510-10-499-10251", "CGI", "15f001" + "01f3" + "280b"),
        ("510-10-210018817", "ECGI", "15f001" + "0c84a201"),
        ("001-001-68719476735", "NCGI", "001100" + "0fffffffff"),
    ],
)
def test_known_identities_in_hexadecimal(cell, kind, text):
    assert CellIdentity.parse(cell).to_hex(kind) == text
    assert str(CellIdentity.from_hex(text.upper(), kind)) == cell


@given(encoded)
def test_octets_and_hexadecimal_give_the_cell_back(pair):
    kind, cell = pair
    assert CellIdentity.from_octets(cell.to_octets(kind), kind) == cell
    assert CellIdentity.from_hex(cell.to_hex(kind), kind) == cell


@given(kind=st.sampled_from(["CGI", "ECGI", "NCGI"]), octets=st.binary(min_size=6, max_size=9))
def test_any_octets_are_refused_or_written_back_the_same(kind, octets):
    try:
        cell = CellIdentity.from_octets(octets, kind)
    except RefusedInputError:
        return
    assert cell.to_octets(kind) == octets


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("15f0010c84a2", "ECGI", "7 octets"),
        ("15f0011c84a201", "ECGI", "must be zero"),
        ("15f0011fffffffff", "NCGI", "must be zero"),
        ("a5f0010c84a201", "ECGI", "no PLMN"),
        ("15e0010c84a201", "ECGI", "no PLMN"),
        ("15f0010c84a20", "ECGI", "hexadecimal"),
        ("15 f0 01 0c 84 a2 01", "ECGI", "hexadecimal"),
    ],
)
def test_hexadecimal_that_is_no_identity_is_refused(text, kind, told):
    with pytest.raises(RefusedInputError, match=told):
        CellIdentity.from_hex(text, kind)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("001-01-257", "CGI"),
        ("001-01-7-65536", "CGI"),
        ("001-01-7-257", "ECGI"),
        ("001-01-268435456", "ECGI"),
        ("001-01-7-257", "NCGI"),
    ],
)
def test_a_cell_has_no_identity_of_another_kind(cell, kind):
    with pytest.raises(RefusedInputError, match=f"has no {kind}"):
        CellIdentity.parse(cell).to_octets(kind)


@given(network=networks, enodeb=st.integers(0, 2**20 - 1), sector=st.integers(0, 255))
def test_enodeb_and_sector_come_back(network, enodeb, sector):
    assert CellIdentity.from_enodeb(**network, enodeb=enodeb, sector=sector).enodeb_sector == (enodeb, sector)


def test_a_known_enodeb():
    assert CellIdentity.parse("001-01-210018817").enodeb_sector == (820386, 1)


@given(network=networks, bits=st.integers(22, 32), data=st.data())
def test_gnodeb_and_cell_come_back_whatever_the_length(network, bits, data):
    gnodeb = data.draw(st.integers(0, 2**bits - 1))
    cell = data.draw(st.integers(0, 2 ** (36 - bits) - 1))
    made = CellIdentity.from_gnodeb(**network, gnodeb=gnodeb, cell=cell, gnodeb_bits=bits)
    assert made.gnodeb_cell(gnodeb_bits=bits) == (gnodeb, cell)


@pytest.mark.parametrize(
    "make",
    [
        lambda: CellIdentity.from_enodeb(mcc="001", mnc="01", enodeb=2**20, sector=0),
        lambda: CellIdentity.from_enodeb(mcc="001", mnc="01", enodeb=1, sector=256),
        lambda: CellIdentity.from_gnodeb(mcc="001", mnc="01", gnodeb=1, cell=0, gnodeb_bits=21),
        lambda: CellIdentity.from_gnodeb(mcc="001", mnc="01", gnodeb=1, cell=16, gnodeb_bits=32),
        lambda: CellIdentity.from_gnodeb(mcc="001", mnc="01", gnodeb=2**22, cell=0, gnodeb_bits=22),
        lambda: CellIdentity.parse("001-01-268435456").enodeb_sector,
        lambda: CellIdentity.parse("001-01-7-1").gnodeb_cell(gnodeb_bits=24),
    ],
)
def test_parts_that_do_not_fit_are_refused(make):
    with pytest.raises(RefusedInputError):
        make()


RADIOS = {"GSM": 16, "UMTS": 28, "LTE": 28, "NR": 36}


@given(network=networks, radio=st.sampled_from(list(RADIOS)), area=st.integers(0, 65535), data=st.data())
def test_opencellid_gives_the_cell_back_once_the_digits_of_its_mnc_are_said(network, radio, area, data):
    lac = area if radio in {"GSM", "UMTS"} else None
    cell = CellIdentity(**network, lac=lac, ci=data.draw(st.integers(0, 2 ** RADIOS[radio] - 1)))
    row = cell.to_opencellid(radio=radio, area=area)
    assert CellIdentity.from_opencellid(**row, mnc_digits=len(cell.mnc)) == cell


def test_the_digits_of_an_mnc_are_those_customary_in_the_country():
    row = {"radio": "LTE", "area": 7, "cell": 257}
    assert str(CellIdentity.from_opencellid(**row, mcc=1, net=1)) == "001-01-257"
    assert str(CellIdentity.from_opencellid(**row, mcc=int(THREE_DIGIT_MCC[0]), net=1)).split("-")[1] == "001"


def test_every_known_network_has_the_digits_customary_in_its_country():
    for mcc, mnc, _ in read_networks().rows():
        assert CellIdentity.from_opencellid(radio="LTE", mcc=int(mcc), net=int(mnc), area=0, cell=0).mnc == mnc


def test_an_lte_cell_is_not_listed_without_its_tracking_area():
    with pytest.raises(RefusedInputError, match="tracking area"):
        CellIdentity.parse("001-01-257").to_opencellid(radio="LTE")


@given(st.lists(any_cell.map(str) | st.sampled_from(NO_IDS) | st.text(alphabet="0123456789-", max_size=20)))
def test_columns_are_split_as_single_cells_are(texts):
    frame = pl.DataFrame({"cell_id": texts}, schema={"cell_id": pl.String})
    split = frame.select(split_cell_ids(pl.col("cell_id")).struct.unnest())
    assert split.rows() == [_parts(text) for text in texts]


def _parts(text):
    try:
        cell = CellIdentity.parse(text)
    except RefusedInputError:
        return None, None, None, None
    return cell.mcc, cell.mnc, cell.lac, cell.ci


@given(st.lists(any_cell, min_size=1))
def test_columns_are_written_as_single_cells_are(cells):
    schema = {"mcc": pl.String, "mnc": pl.String, "lac": pl.Int64, "ci": pl.Int64}
    frame = pl.DataFrame([(c.mcc, c.mnc, c.lac, c.ci) for c in cells], schema=schema, orient="row")
    assert frame.select(format_cell_ids(**{n: pl.col(n) for n in schema})).to_series().to_list() == [
        str(c) for c in cells
    ]


@given(st.lists(st.integers(0, 2**36 - 1), min_size=1), st.integers(22, 32))
def test_columns_of_stations_are_those_of_single_cells(cis, bits):
    frame = pl.DataFrame({"ci": cis}, schema={"ci": pl.Int64})
    enodebs = frame.select(split_enodebs(pl.col("ci")).struct.unnest()).rows()
    gnodebs = frame.select(split_gnodebs(pl.col("ci"), gnodeb_bits=bits).struct.unnest()).rows()
    cells = [CellIdentity(mcc="001", mnc="01", ci=ci) for ci in cis]
    assert enodebs == [c.enodeb_sector if c.ci < 2**28 else (None, None) for c in cells]
    assert gnodebs == [c.gnodeb_cell(gnodeb_bits=bits) for c in cells]


EDGES = pl.DataFrame(
    [
        (radio, mcc, net, area, cell)
        for radio in ("GSM", "UMTS", "LTE", "NR", "CDMA", "lte")
        for mcc, net in ((1, 1), (1, 10), (1, 100), (310, 1), (310, 260), (310, 26))
        for area, cell in (
            (7, 1),
            (0, 0),
            (65535, 65535),
            (65536, 2),
            (7, 65536),
            (7, 2**28),
            (7, 2**36 - 1),
            (7, 2**36),
        )
    ],
    schema=["radio", "mcc", "net", "area", "cell"],
    orient="row",
)


def _expected(rows):
    """Cell ids of OpenCelliD's rows one by one, None where a row is no cell."""

    def name(row):
        try:
            return str(CellIdentity.from_opencellid(**row))
        except RefusedInputError:
            return None

    return [name(row) for row in rows.iter_rows(named=True)]


def test_columns_of_opencellid_are_named_as_its_single_rows():
    assert EDGES.select(opencellid_cell_ids()).to_series().to_list() == _expected(EDGES)


def test_the_reader_of_opencellid_takes_in_just_these_cells(load_plan, home):
    rows = EDGES.with_columns(lat=pl.lit(-5.5), lon=pl.lit(109.0), samples=1)
    load_plan(rows, name="opencellid.parquet")
    stored = pl.concat([pl.read_parquet(p)["cell_id"] for p in (home.lake / "cells").rglob("part.parquet")])
    assert set(stored) == {name for name in _expected(EDGES) if name}


REAL = Path(__file__).parents[3] / "shared" / "data" / "opencellid_idn" / "opencellid_510_2025-07.parquet"


@pytest.mark.skipif(not REAL.exists(), reason="real data is not beside the repository (../shared/data)")
def test_the_cells_of_a_country_are_named_as_the_reader_names_them(intake, home):
    load_cells(REAL, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="Asia/Jakarta"))
    stored = pl.concat([pl.read_parquet(p)["cell_id"] for p in (home.lake / "cells").rglob("part.parquet")])
    named = pl.read_parquet(REAL).select(opencellid_cell_ids()).to_series().drop_nulls()
    assert set(stored) <= set(named)
    assert len(stored) / named.n_unique() > 0.99
