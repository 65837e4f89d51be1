"""Maps as notebooks draw them, and the page that draws them without the internet."""

import re

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from lonboard import H3HexagonLayer, PathLayer
from lonboard._serialization import serialize_table_to_parquet

from geo.hexagons import disks_around, hexes_at
from kerumun.notebook import map_hexagons, work_offline
from kerumun.notebook.offline import MENDED, _page, mended_page
from kerumun.notebook.scales import scale_of
from lake.errors import RefusedInputError

HEXES = np.unique(disks_around(hexes_at(np.array([-6.0]), np.array([106.8]), 9), 2))


def drawn(values, **changes):
    frame = pl.DataFrame({"hex": HEXES, "people": pl.Series(values, dtype=pl.Float64)})
    return map_hexagons(frame, "people", title="People <at> noon", unit="people per km²", **changes)


def test_a_map_has_a_title_a_legend_with_its_unit_and_no_tiles():
    title, drawing, legend = drawn(np.arange(HEXES.size) * 100.0).children
    assert title.value == "<b>People &lt;at&gt; noon</b>"
    assert legend.value.startswith("people per km²: ")
    assert drawing.basemap is None


def test_hexagons_without_a_number_are_not_drawn():
    values = [None, float("nan"), *range(1, HEXES.size - 1)]
    (layer,) = drawn(values).children[1].layers
    assert isinstance(layer, H3HexagonLayer)
    assert layer.table.num_rows == HEXES.size - 2


def test_a_map_of_nothing_and_one_of_zeros_are_no_error():
    assert drawn([None] * HEXES.size).children[1].layers == ()
    assert len(drawn([0.0] * HEXES.size).children[1].layers) == 1


def test_outlined_hexagons_have_a_line_around_them_all():
    layers = drawn(np.ones(HEXES.size), outlined=HEXES[:3]).children[1].layers
    assert [type(layer) for layer in layers] == [H3HexagonLayer, PathLayer]


@pytest.mark.parametrize("values", [[1.0, 50.0, 3000.0], [-40.0, -1.0, 0.0, 2.0, 900.0], [5.0], [0.0], [-3.0], []])
def test_every_value_has_a_class_of_its_own_colour(values):
    scale = scale_of(np.array(values))
    assert (np.diff(scale.bounds) > 0).all()
    assert len(scale.labels()) == len(scale.colours) == scale.bounds.size - 1
    assert scale.bounds[0] <= min(values, default=0)
    assert scale.bounds[-1] >= max(values, default=0)
    assert len(np.unique(scale.colours, axis=0)) == len(scale.colours)


def test_less_and_more_are_alike_in_size():
    bounds = scale_of(np.array([-40.0, -1.0, 2.0, 900.0])).bounds
    assert np.allclose(bounds, -bounds[::-1])


def test_the_page_fetches_nothing_by_itself():
    page = mended_page(_page())
    assert "earcutWorkerUrl:null" in page
    assert re.search(r"async function [\w$]+\(\)\{[\w$]+=!0\}", page)
    assert not re.search(r"\w+Url:\"https://", page)


@pytest.mark.parametrize("number", range(len(MENDED)))
def test_another_page_is_refused_and_not_drawn_wrongly(number):
    changed = re.sub(MENDED[number][0], "", _page())
    with pytest.raises(RefusedInputError, match=r"install the version that constraints\.txt names"):
        mended_page(changed)


def test_tables_travel_as_arrow():
    work_offline()
    work_offline()
    table = pa.table({"people": [1.5, 2.5], "name": ["a", "b"]})
    from arro3.core import Table

    (sent,) = serialize_table_to_parquet(Table.from_arrow(table), max_chunksize=10)
    assert pa.ipc.open_stream(sent).read_all().to_pydict() == table.to_pydict()
