import json
from pathlib import Path

import polars as pl
import pytest

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def _one_sentence(done):
    """A refused input: exit code 1 and one line for the person, no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_refused_input_is_one_sentence_and_exit_code_1(kerumun, tmp_path):
    said = _one_sentence(kerumun("cells", "load", tmp_path / "nowhere.csv", check=False))
    assert "cannot read" in said
    assert "nowhere.csv" in said


def test_wrong_usage_is_exit_code_2(kerumun):
    assert kerumun("cells", "lode", check=False).returncode == 2


def test_counts_without_a_plan_say_what_to_do_first(kerumun):
    done = kerumun("counts", "load", SAMPLE / "inbox" / "alun_2020-03-31T19.csv", check=False)
    assert done.returncode == 1
    assert "kerumun cells load" in done.stdout


def test_one_refused_file_does_not_keep_the_others_out(kerumun, tmp_path):
    kerumun("cells", "load", SAMPLE / "cells.csv")
    bad = tmp_path / "bad.csv"
    bad.write_text("interval_start,imsi,devices\n2020-03-31T12:00Z,1,1\n")
    done = kerumun("counts", "load", SAMPLE / "inbox" / "alun_2020-03-31T19.csv", bad, "--json", check=False)
    assert done.returncode == 1
    verdicts = [file["verdict"] for file in json.loads(done.stdout)["files"]]
    assert verdicts == ["accepted", "refused"]


def test_a_refusal_for_machines_is_json(kerumun, tmp_path):
    done = kerumun("cells", "load", tmp_path / "nowhere.csv", "--json", check=False)
    assert "nowhere.csv" in json.loads(done.stdout)["error"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("timezone = 'Mars/Base'", "timezone"),
        ("k = 0", "'k'"),
        ("colour = 'red'", "'colour' is not a setting"),
        ("k = [", "not TOML"),
        ("[people_per_device]\nalun = -1", "people_per_device.alun"),
    ],
)
def test_a_wrong_setting_is_refused_and_its_key_named(kerumun, tmp_path, text, told):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "kerumun.toml").write_text(text)
    assert told in _one_sentence(kerumun("cells", "load", SAMPLE / "cells.csv", check=False))


def test_variables_override_the_settings_file(kerumun, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "kerumun.toml").write_text("k = 3")
    said = _one_sentence(kerumun("cells", "load", SAMPLE / "cells.csv", check=False, KERUMUN_K="none"))
    assert "KERUMUN_K" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "yesterday", "--to", "2020-03-31"), "no ISO 8601 time"),
        (("--from", "2020-03-31", "--to", "2020-03-30"), "is not before"),
        (("--from", "2020-03-31"), "say which time"),
        (("--at", "2020-03-31T19:00", "--from", "2020-03-31"), "say which time"),
    ],
)
def test_a_range_that_is_none_is_refused(kerumun, tmp_path, words, told):
    done = kerumun("density", "export", *words, "--output", tmp_path / "x.csv", check=False)
    assert told in _one_sentence(done)


def test_help_names_every_command_of_the_design():
    from typer.testing import CliRunner

    from kerumun.cli import app

    said = CliRunner().invoke(app, ["--help"]).stdout
    assert all(
        f" {command} " in said
        for command in [
            "demo",
            "simulate",
            "cells",
            "areas",
            "counts",
            "footprints",
            "run",
            "density",
            "gatherings",
            "targets",
            "serve",
        ]
    )


def test_simulate_makes_the_sample_that_is_shipped(tmp_path):
    """The command in the sample's README, run today, gives the sample byte for byte."""
    from typer.testing import CliRunner

    from kerumun.cli import app

    lines = (SAMPLE / "README.md").read_text().splitlines()
    words = next(line for line in lines if "kerumun simulate" in line).strip().split()[1:]
    words[1] = str(tmp_path / "sample")
    assert CliRunner().invoke(app, words).exit_code == 0
    shipped, made = (
        {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (SAMPLE, tmp_path / "sample")
    )
    assert made.keys() == shipped.keys()
    assert [path for path in made if made[path] != shipped[path]] == []


def test_the_sample_is_small():
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file()) < 5_000_000


def test_a_chain_by_hand_gives_files_that_agree(kerumun, tmp_path):
    kerumun("cells", "load", SAMPLE / "cells.csv")
    kerumun("areas", "load", SAMPLE / "areas.geojson", "--level", "district")
    kerumun("counts", "load", *sorted((SAMPLE / "inbox").iterdir()))
    kerumun("footprints", "build", "--method", "voronoi", "--resolution", "8")
    run = json.loads(kerumun("run", "--at", "2020-03-31T19:00+07:00", "--json").stdout)
    placed = sum(step["devices_placed"] for step in run["density"])
    kerumun("density", "export", "--at", "2020-03-31T19:00+07:00", "--output", tmp_path / "d.csv", KERUMUN_K="1")
    assert pl.read_csv(tmp_path / "d.csv")["people"].sum() == pytest.approx(placed, rel=1e-9)
