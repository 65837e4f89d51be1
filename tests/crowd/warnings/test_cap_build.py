import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import shapely
from cap_oracles import OPTIONS, parsed, schema_errors, tree
from hypothesis import given, settings
from hypothesis import strategies as st
from made_warnings import make_cells, make_outgoing, make_outline, make_reference

from crowd.warnings.cap.build import build_cap
from crowd.warnings.cap.polygons import MAX_POINTS, cap_polygons
from crowd.warnings.cap.rules import check_cap
from geo.hexagons import disks_around, hex_polygons, hexes_at
from lake.errors import RefusedInputError

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
KINDS = ("alert", "update", "cancel")


def build(**changes):
    return build_cap(make_outgoing(recipient="public", **changes), options=OPTIONS)


def values(xml, name):
    return [element.text for element in tree(xml).iter(f"{CAP}{name}")]


def parameters(xml):
    pairs = tree(xml).find(f"{CAP}info").iter(f"{CAP}parameter")
    return {pair.findtext(f"{CAP}valueName"): pair.findtext(f"{CAP}value") for pair in pairs}


def as_shape(polygon):
    return shapely.Polygon([tuple(map(float, pair.split(",")))[::-1] for pair in polygon.split()])


writable = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=300).filter(str.strip)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC", "Asia/Kathmandu", "America/St_Johns"])
references = st.lists(
    st.builds(make_reference, warning_id=st.from_regex(r"[a-z0-9_-]{1,30}", fullmatch=True).map("x{}".format)),
    min_size=1,
    max_size=4,
)


@st.composite
def outlines(draw):
    lat, lon = draw(st.floats(-80, 80)), draw(st.floats(-170, 170))
    disk = disks_around(hexes_at(np.array([lat]), np.array([lon]), draw(st.integers(6, 10))), 4)
    chosen = draw(st.lists(st.integers(0, len(disk) - 1), min_size=1, max_size=40, unique=True))
    return shapely.coverage_union_all(hex_polygons(disk[chosen]))


@st.composite
def warnings(draw):
    kind = draw(st.sampled_from(KINDS))
    approved = draw(instants)
    groups = [make_cells(operator=name, count=draw(st.integers(1, 20))) for name in draw(st.sets(writable, max_size=4))]
    return make_outgoing(
        kind=kind,
        mode=draw(st.sampled_from(["test", "live"])),
        level=draw(st.sampled_from(["waspada", "siaga", "awas"])),
        revision=draw(st.integers(1, 10**6)),
        references=() if kind == "alert" else tuple(draw(references)),
        gathering_id=draw(writable.map(str.strip).filter(lambda text: '"' not in text)),
        timezone=draw(zones),
        approved_at=approved,
        started_at=approved - draw(st.timedeltas(timedelta(0), timedelta(days=3))),
        expires_at=approved + draw(st.timedeltas(timedelta(seconds=2), timedelta(days=3))),
        area_name=draw(writable),
        regency_code=draw(st.none() | writable),
        code=draw(writable),
        texts=draw(st.dictionaries(st.sampled_from(["id", "en"]), writable, min_size=1)),
        outline=draw(outlines()),
        cells=pl.concat([make_cells(count=0), *groups]),
    )


@settings(max_examples=60, deadline=None)
@given(outgoing=warnings())
def test_every_alert_is_valid_by_schema_and_rules(outgoing):
    xml = build_cap(outgoing, options=OPTIONS).xml
    assert (schema_errors(xml), check_cap(xml)) == ([], [])


@settings(max_examples=20, deadline=None)
@given(outgoing=warnings())
def test_an_independent_parser_reads_back_what_was_built(outgoing):
    alert = parsed(build_cap(outgoing, options=OPTIONS).xml)
    assert alert["cap_id"] == f"{outgoing.warning_id}.{outgoing.revision}"
    assert len(alert["cap_info"]) == len(outgoing.texts)
    polygons = alert["cap_info"][0]["cap_area"][0]["polygons"]
    assert shapely.union_all([as_shape(str(polygon)) for polygon in polygons]).covers(outgoing.outline)


def test_the_same_warning_gives_the_same_bytes_in_whatever_order_its_parts_come():
    earlier = [make_reference(), make_reference(warning_id="w-0003")]
    texts, cells = make_outgoing().texts, make_cells(count=50)
    one = build(kind="update", references=tuple(earlier), texts=texts, cells=cells)
    other = build(
        kind="update",
        references=tuple(reversed(earlier)),
        texts=dict(reversed(texts.items())),
        cells=cells.reverse(),
    )
    assert one == other


def test_times_are_local_with_offset_and_without_fractions():
    xml = build(approved_at=datetime(2026, 3, 1, 12, 15, 7, 999999, tzinfo=UTC), timezone="Asia/Jayapura").xml
    assert values(xml, "sent") == ["2026-03-01T21:15:07+09:00"]


def test_utc_is_written_with_minus():
    assert values(build(timezone="UTC").xml, "sent") == ["2026-03-01T12:15:00-00:00"]


@pytest.mark.parametrize("kind", ["update", "cancel"])
def test_a_reference_names_the_earlier_alert_as_that_one_names_itself(kind):
    approved = datetime(2026, 3, 1, 11, 45, 3, 123456, tzinfo=UTC)
    earlier = build(warning_id="w-0001", revision=3, approved_at=approved).xml
    reference = make_reference(warning_id="w-0001", revision=3, sent_at=approved)
    later = build(kind=kind, references=(reference,)).xml
    own_name = ",".join(values(earlier, name)[0] for name in ("sender", "identifier", "sent"))
    assert values(later, "references") == [own_name]


@pytest.mark.parametrize("level", ["waspada", "siaga", "awas"])
def test_a_cancellation_gives_the_all_clear_at_every_level(level):
    xml = build(kind="cancel", level=level, references=(make_reference(),)).xml
    assert (set(values(xml, "responseType")), set(values(xml, "urgency"))) == ({"AllClear"}, {"Past"})


def test_a_higher_level_is_more_severe():
    found = [values(build(level=level).xml, "severity")[0] for level in ("waspada", "siaga", "awas")]
    assert found == ["Minor", "Moderate", "Severe"]


@pytest.mark.parametrize("name", ["headline", "description"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_test_is_marked_first_thing_in_every_language(kind, name):
    texts = {"id": "Kerumunan padat.", "en": "Dense crowd."}
    xml = build(kind=kind, references=() if kind == "alert" else (make_reference(),), texts=texts).xml
    assert [text.split(":")[0] for text in values(xml, name)] == ["UJI COBA", "TEST"]
    assert values(xml, "status") == ["Test"]


def test_a_text_that_is_marked_already_is_not_marked_twice():
    assert values(build().xml, "description") == list(make_outgoing().texts.values())


def test_a_live_warning_has_no_mark_of_a_test():
    xml = build(mode="live", texts={"id": "Kerumunan padat.", "en": "Dense crowd."}).xml
    assert values(xml, "status") == ["Actual"]
    assert b"UJI COBA" not in xml
    assert b"TEST" not in xml


def test_a_long_place_still_fits_the_headline():
    assert max(len(text) for text in values(build(area_name="Alun " * 100).xml, "headline")) <= 160


def test_few_cells_are_told_within_the_alert():
    cells = pl.concat([make_cells(operator="alun", count=2), make_cells(operator="nusa", count=1)])
    told = parameters(build(cells=cells).xml)
    assert told["kerumun:cells:alun"] == "001-01-100-1 001-01-100-2"
    assert told["kerumun:cells:nusa"] == "001-01-100-1"


def test_many_cells_go_beside_the_alert_and_it_tells_their_digests():
    cells = make_cells(count=25_000)
    alert = build(cells=cells)
    (content,) = alert.lists.values()
    assert content.decode().splitlines() == cells["cell_id"].to_list()
    assert parameters(alert.xml)["kerumun:cells-file:alun"] == f"25000 {hashlib.sha256(content).hexdigest()}"
    assert values(alert.xml, "digest")[0] == hashlib.sha1(content).hexdigest()  # noqa: S324 - as CAP asks
    assert values(alert.xml, "size")[0] == str(len(content))
    assert values(alert.xml, "uri")[0] == f"{OPTIONS.url}/{next(iter(alert.lists))}"


@pytest.mark.parametrize("count", [1000, 25_000])
def test_an_alert_for_four_operators_stays_well_below_a_megabyte(count):
    cells = pl.concat(make_cells(operator=name, count=count) for name in ("alun", "nusa", "rimba", "teluk"))
    assert len(build(cells=cells).xml) < 200_000


def test_cells_with_a_space_in_their_name_are_told_one_a_line():
    cells = make_cells(count=2).with_columns(cell_id=pl.lit("tower 1 ") + pl.col("cell_id"))
    (content,) = build(cells=cells).lists.values()
    assert content == b"tower 1 001-01-100-1\ntower 1 001-01-100-2\n"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"texts": {}}, "needs texts"),
        ({"texts": {"fr": "Foule."}}, "found fr"),
        ({"level": "merah"}, "'merah' is unknown"),
        ({"warning_id": "w 1"}, "'w 1' of a warning cannot be published"),
        ({"warning_id": "../w"}, "cannot be published"),
        ({"kind": "cancel", "references": (make_reference(warning_id="a,b"),)}, "'a,b' of a warning"),
        ({"texts": {"id": "Kerumunan\x07"}}, "control character"),
        ({"texts": {"id": "Kerumunan\ud800"}}, "control character"),
        ({"outline": shapely.Polygon()}, "no outline"),
        ({"cells": make_cells(count=1).with_columns(cell_id=pl.lit("1\n2"))}, "line break"),
    ],
)
def test_what_cannot_be_told_is_refused(changes, told):
    with pytest.raises(RefusedInputError, match=told):
        build(**changes)


@settings(max_examples=100, deadline=None)
@given(outline=outlines())
def test_polygons_cover_the_hexagons_and_little_more(outline):
    shapes = [as_shape(polygon) for polygon in cap_polygons(outline)]
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(outline)])
    covered = shapely.union_all(shapes)
    assert covered.covers(filled)
    assert covered.area <= filled.area * 1.06
    assert all(shape.is_valid and shape.exterior.is_ccw for shape in shapes)


@pytest.mark.parametrize("steps", [20, 60, 120])
def test_a_wide_gathering_gets_few_points_and_loses_no_ground(steps):
    outline = make_outline(steps=steps)
    (shape,) = [as_shape(polygon) for polygon in cap_polygons(outline)]
    assert shapely.get_num_coordinates(shape) <= MAX_POINTS
    assert shape.covers(outline)
    assert shape.area <= outline.area * 1.05


def test_a_ragged_gathering_gets_few_points_and_loses_no_ground():
    disk = disks_around(hexes_at(np.array([-5.5]), np.array([109.0]), 9), 40)
    chosen = np.random.default_rng(5).choice(disk, size=len(disk) * 2 // 3, replace=False)
    outline = shapely.coverage_union_all(hex_polygons(chosen))
    shapes = [as_shape(polygon) for polygon in cap_polygons(outline)]
    assert max(map(shapely.get_num_coordinates, shapes)) <= MAX_POINTS
    assert shapely.union_all(shapes).covers(outline)


def test_a_hole_is_filled_and_what_lies_in_it_is_not_told_twice():
    ring = make_outline(steps=6).difference(make_outline(steps=4))
    assert cap_polygons(shapely.union(ring, make_outline(steps=1))) == cap_polygons(make_outline(steps=6))


def test_parts_that_lie_apart_are_polygons_of_their_own():
    apart = shapely.union(make_outline(lon=109.0), make_outline(lon=109.2))
    assert len(cap_polygons(apart)) == 2


@pytest.mark.parametrize(("code", "told"), [("99.01", ["Kemendagri", "99.01"]), (None, [])])
def test_the_regency_is_told_where_it_is_known(code, told):
    geocodes = tree(build(regency_code=code).xml).find(f"{CAP}info").iter(f"{CAP}geocode")
    assert [part.text for geocode in geocodes for part in geocode] == told
