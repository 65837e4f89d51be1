import shutil

import polars as pl
import pytest
from decision_desk import HOUR, cell, decision_desk, town_wording
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewed_town import DEVICES, make_town

from crowd.targets import TARGETS
from lake.engine import connect, fetch_frame
from lake.stages import create_view

WHY = {"why": "seen on the map"}
CELLS = [cell(n, operator=operator) for operator in (1, 2) for n in range(len(DEVICES))]
QUICK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.sampled_from(
    [{}, {"id": "Banyak orang. Darurat: 112. Cek: info.example.id kode {code}"}, {"en": "Many people"}, {"id": " "}]
)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("town") / "home")


@pytest.fixture
def desk(ledger_url, town, tmp_path):
    with decision_desk(ledger_url, tmp_path / "home", options=town) as desk:
        yield desk


def drafted(desk):
    """A draft about the town's gathering, with the target cells of the lake."""
    with connect(desk.options.engine()) as connection:
        create_view(connection, "targets_in", home=desk.options.as_home(), stage=TARGETS)
        targets = fetch_frame(connection, "from targets_in order by operator, cell_id")
    about = {"gathering_id": targets["gathering_id"][0], "interval_start": HOUR}
    number = len(desk.rows()["warnings"])
    return desk.draft(number=number, wording=town_wording(targets), draft_key=f"test.{number}", **about), targets


def ask(desk, name, decision="preview", **body):
    return desk.visitor(role="analyst").post(f"/api/warnings/{name}/{decision}", json=body)


def show(desk, name):
    return desk.visitor().get(f"/api/warnings/{name}").json()


@QUICK
@given(
    take_off=st.lists(st.sampled_from(CELLS), max_size=4, unique=True),
    add=st.lists(st.sampled_from(CELLS), max_size=4),
    texts=TEXTS,
)
def test_a_preview_stores_nothing_and_is_what_the_edit_then_gives(desk, take_off, add, texts):
    name, _ = drafted(desk)
    whole, before = show(desk, name), desk.rows()
    texts = {language: text.format(code=whole["code"]) for language, text in texts.items()}
    change = {"take_off": take_off, "add": add, "texts": texts}
    preview = ask(desk, name, **change)
    assert preview.status_code == 200
    assert desk.rows() == before
    edited = ask(desk, name, "edit", version=1, **WHY, **change)
    told, after = preview.json(), edited.json()
    if edited.status_code == 200:
        assert told["problems"] == after["problems"]
        assert {key: told[key] for key in SAME} == {key: after[key] for key in SAME}
    elif after["error"].startswith("nothing of warning"):
        assert {key: told[key] for key in SAME} == {key: whole[key] for key in SAME}
    else:
        assert after["error"] == told["problems"][0]


SAME = ("texts", "segments", "cells", "figures")


def test_figures_follow_when_a_cell_is_put_on_the_list(desk):
    name, targets = drafted(desk)
    more = next(each for each in (cell(1), cell(4)) if each not in targets["cell_id"].to_list())
    before, after = show(desk, name)["figures"], ask(desk, name, add=[more]).json()["figures"]
    assert after["cells"] == before["cells"] + 1
    assert after["recipients"] > before["recipients"]
    assert after["by_operator"][0]["reach"] > before["by_operator"][0]["reach"]


def test_a_cell_taken_off_and_put_back_changes_nothing(desk):
    name, targets = drafted(desk)
    again = targets["cell_id"].to_list()[:2]
    told = ask(desk, name, take_off=again, add=again).json()
    assert {key: told[key] for key in ("cells", "figures")} == {
        key: show(desk, name)[key] for key in ("cells", "figures")
    }


def test_cells_stand_on_the_map(desk):
    name, _ = drafted(desk)
    found = {each["cell_id"]: (each["lat"], each["lon"]) for each in show(desk, name)["cells"]}
    assert found[cell(2)] == (-5.5, pytest.approx(109.012))


def test_segments_are_counted_as_it_would_go_out(desk):
    name, _ = drafted(desk)
    told = ask(desk, name, texts={"id": "x" * 200, "en": "“x”"}).json()["segments"]
    assert told["id"] == {"encoding": "gsm7", "segments": 2, "units": 210, "per_segment": 153, "left": 96}
    assert told["en"] == {"encoding": "ucs2", "segments": 1, "units": 9, "per_segment": 70, "left": 61}


def test_a_text_that_cannot_go_out_is_shown_with_what_is_wrong_with_it(desk):
    name, _ = drafted(desk)
    told = ask(desk, name, texts={"id": "Banyak orang"}).json()
    assert told["texts"]["id"] == "UJI COBA: Banyak orang"
    assert "lacks the emergency number 112" in told["problems"][0]


def test_a_list_without_cells_is_shown_with_what_is_wrong_with_it(desk):
    name, targets = drafted(desk)
    told = ask(desk, name, take_off=targets["cell_id"].to_list()).json()
    assert (told["cells"], told["figures"]["cells"]) == ([], 0)
    assert told["problems"] == ["no cell is left to warn: reject the warning instead"]


def test_where_the_hour_is_gone_figures_of_new_cells_are_unknown_and_that_is_said(desk, town, tmp_path):
    name, _ = drafted(desk)
    shutil.copytree(town.home, tmp_path / "emptied")
    for stage in ("counts", "gathering_hexes"):
        shutil.rmtree(tmp_path / "emptied" / "lake" / stage)
    with decision_desk(
        desk.options.ledger_url, tmp_path, options=town.model_copy(update={"home": tmp_path / "emptied"})
    ) as other:
        told = ask(other, name, add=[cell(5)]).json()
    assert next(each for each in told["cells"] if each["cell_id"] == cell(5))["reach"] is None
    (note,) = told["notes"]
    assert note.startswith("it is not known how far these cells reach")
    assert note.endswith(f": {cell(5)}")


def test_a_number_under_k_is_told_nowhere(desk):
    """Also where the list was made when k was smaller."""
    name, targets = drafted(desk)
    least = int(targets["expected_recipients"].min())
    higher = desk.options.model_copy(update={"k": least + 1})
    with decision_desk(desk.options.ledger_url, desk.options.home, options=higher) as other:
        told = show(other, name)
        previewed = ask(other, name, add=[cell(4)]).json()
    for cells in (told["cells"], previewed["cells"]):
        numbers = [each["expected_recipients"] for each in cells]
        assert None in numbers
        assert all(number is None or number > least for number in numbers)


def test_a_cell_of_no_plan_is_refused(desk):
    name, _ = drafted(desk)
    answer = ask(desk, name, add=["001-01-999"])
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "no loaded cell plan has the cell 001-01-999: mend the id",
    )


def test_only_a_draft_is_previewed(desk):
    name, _ = drafted(desk)
    desk.approve(name, "Budi")
    assert "only a draft can be changed" in ask(desk, name, take_off=[cell(2)]).json()["error"]


def test_what_is_no_change_is_refused(desk):
    name, _ = drafted(desk)
    for body in (
        {"texts": {"fr": "Beaucoup"}},
        {"add": ["x" * 65]},
        {"add": ["a\x00b"]},
        {"take_off": [""]},
        {"add": ["1"] * 5001},
        {"texts": {"id": "x" * 2001}},
        {"remove": []},
    ):
        assert ask(desk, name, **body).status_code in {400, 422}


def test_the_frame_of_targets_is_what_a_warning_keeps(desk):
    name, targets = drafted(desk)
    kept = pl.DataFrame(show(desk, name)["cells"]).select("cell_id", "expected_recipients", "reach", "overreach")
    told = targets.select(kept.columns).with_columns(pl.col("reach", "overreach").round(2))
    assert kept.sort("cell_id").to_dicts() == told.sort("cell_id").to_dicts()
