"""What catalogues are told of a week's files."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from made_week import made_week

from crowd.report.metadata import describe, write_metadata
from crowd.report.metadata_context import CONTEXT
from crowd.report.options import ReportOptions
from crowd.report.write import check_output, write_report
from lake.errors import RefusedInputError

SIGNED = ReportOptions(publisher="Dinas Contoh", licence="CC-BY-4.0", contact="data@contoh.example")
# Of DCAT-AP 3.0.1 what a dataset must have, and what it should.
EXPECTED = {"dct:title", "dct:description", "dcat:contactPoint", "dcat:distribution", "dcat:keyword", "dct:publisher"}
EXPECTED |= {"dct:spatial", "dct:temporal", "dcat:theme"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    for name in ("week.csv", "week.parquet"):
        write_report(made_week(), language="id", outlines=None, options=SIGNED, output=folder / name)
    return folder


@pytest.fixture(scope="module")
def told(folder):
    return json.loads((folder / "week.csv.metadata.json").read_text(encoding="utf-8"))


def walk(node):
    if isinstance(node, dict):
        yield from node.items()
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from walk(each)


def test_it_has_what_the_profile_asks_of_a_dataset(told):
    assert told["@type"] == "dcat:Dataset"
    assert set(told) >= EXPECTED
    assert {each["@language"] for each in told["dct:title"]} == {"id", "en"}


def test_every_prefix_is_one_of_its_context(told):
    prefixes = {key.split(":")[0] for key, _ in walk(told) if ":" in key}
    assert prefixes - set(CONTEXT) == set()


def test_it_tells_size_and_checksum_of_the_file_beside_it(folder, told):
    (one,) = told["dcat:distribution"]
    content = (folder / one["dcat:downloadURL"]["@id"]).read_bytes()
    assert one["dcat:byteSize"]["@value"] == str(len(content))
    assert one["spdx:checksum"]["spdx:checksumValue"]["@value"] == sha256(content).hexdigest()


def test_its_columns_are_those_of_the_file_in_their_order(folder, told):
    (one,) = told["dcat:distribution"]
    columns = [column["csvw:name"] for column in one["csvw:tableSchema"]["csvw:column"]]
    assert (folder / "week.csv").read_text(encoding="utf-8").splitlines()[0].split(",") == columns


def test_the_period_is_the_week_on_the_clock_of_the_place(told):
    assert told["dct:temporal"]["dcat:startDate"]["@value"] == "2020-03-30T00:00:00+07:00"
    assert told["dct:temporal"]["dcat:endDate"]["@value"] == "2020-04-06T00:00:00+07:00"


def test_places_are_told_by_their_codes(told):
    codes = [place["dct:identifier"] for place in told["dct:spatial"]]
    assert codes == ["99", "99.01", "99.02", "99.03", "99.04"]


def test_every_indicator_is_defined(told):
    weekly = made_week()
    measured = told["schema:variableMeasured"]
    assert {each["schema:propertyID"] for each in measured} == set(weekly.indicators["indicator"])
    assert all(each["schema:description"] and each["schema:unitText"] for each in measured)


def test_a_later_decision_gives_another_version_and_none_without_warnings_names_the_edition_alone():
    first, second = made_week(), replace(made_week(), decided_until=datetime(2020, 4, 7, 3, 0, 5, tzinfo=UTC))
    told = [describe(one, options=SIGNED, files=[]) for one in (first, second)]
    assert [one["dcat:version"] for one in told] == ["1+20200405T182000Z", "1+20200407T030005Z"]
    assert told[0]["@id"] != told[1]["@id"]
    assert told[1]["dct:modified"] == {"@type": "xsd:dateTime", "@value": "2020-04-07T10:00:05+07:00"}
    quiet = describe(replace(first, decided_until=None), options=SIGNED, files=[])
    assert quiet["dcat:version"] == "1"
    assert "dct:modified" not in quiet


def test_what_nobody_has_set_is_left_out_and_not_made_up(tmp_path):
    write_metadata(made_week(), options=ReportOptions(), files=[], output=tmp_path / "x.json")
    told = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert set(told) & {"dct:publisher", "dcat:contactPoint", "dct:license"} == set()


def test_the_same_week_twice_gives_the_same_bytes(folder, tmp_path):
    write_report(made_week(), language="en", outlines=None, options=SIGNED, output=tmp_path / "week.csv")
    name = "week.csv.metadata.json"
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_nothing_but_the_files_is_left_in_the_folder(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "week.csv",
        "week.csv.metadata.json",
        "week.dictionary.csv",
        "week.parquet",
        "week.parquet.metadata.json",
    ]


def test_a_report_that_fails_leaves_the_old_one_as_it_was(tmp_path):
    (tmp_path / "week.pdf").write_text("old")

    def no_outlines():
        raise RefusedInputError("no areas")

    with pytest.raises(RefusedInputError, match="no areas"):
        write_report(made_week(), language="id", outlines=no_outlines, options=SIGNED, output=tmp_path / "week.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["week.pdf"]
    assert (tmp_path / "week.pdf").read_text() == "old"


@pytest.mark.parametrize("name", ["week.doc", "week", "none/week.csv"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_made(tmp_path, name):
    with pytest.raises(RefusedInputError):
        check_output(tmp_path / name)
