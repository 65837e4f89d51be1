import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

pytestmark = pytest.mark.xdist_group("prefect")

DENSE = """
levels = { waspada = { people = 300 }, siaga = { people = 600 }, awas = { people = 1500 } }
detection = { without_usual = "density" }
targets = { own_country_only = false }
"""
SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def test_the_demo_finds_the_gathering_that_the_sample_hides(kerumun, tmp_path):
    done = kerumun("demo")
    printed = re.sub(r"\s+", " ", done.stdout)
    assert done.stderr == ""
    exports = tmp_path / "home" / "demo" / "exports"
    assert str(exports / "density.png") in printed
    assert (exports / "density.png").read_bytes().startswith(b"\x89PNG")
    truth = pl.read_parquet(SAMPLE / "truth" / "gatherings.parquet")
    last = truth.filter(pl.col("interval_start") == pl.col("interval_start").max()).sort("people").row(-1, named=True)
    found = pl.read_csv(exports / "gatherings.csv").filter(pl.col("state") != "ended")
    near = found.filter(((pl.col("lat") - last["lat"]).abs() < 0.01) & ((pl.col("lon") - last["lon"]).abs() < 0.01))
    assert near.height == 1
    targets = pl.read_csv(exports / "targets.csv").filter(pl.col("gathering_id") == near["gathering_id"][0])
    assert set(targets["operator"]) == {"alun", "nusa"}
    assert all(cell in printed for cell in targets.sort("reach", descending=True)["cell_id"].head(3))


def test_serve_runs_the_hourly_flow_on_its_schedule(kerumun, tmp_path):
    """With a schedule of every minute, a file in the inbox is taken in without anybody typing a command."""
    home = tmp_path / "home"
    kerumun("cells", "load", SAMPLE / "cells.csv")
    (home / "inbox").mkdir()
    dropped = home / "inbox" / "alun.csv"
    dropped.write_bytes((SAMPLE / "inbox" / "alun_2020-03-31T19.csv").read_bytes())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HOME": str(tmp_path), "KERUMUN_SCHEDULE": "* * * * *"}
    # nobody knows what is usual at the first hour
    (home / "policy.toml").write_text(DENSE)
    words = [sys.executable, "-m", "kerumun", "serve", "--home", str(home), "--port", str(port)]
    serving = subprocess.Popen(words, env=environment, cwd=tmp_path)
    try:
        deadline = time.monotonic() + 480
        targets = home / "lake" / "targets"
        while not targets.exists() and time.monotonic() < deadline and serving.poll() is None:
            time.sleep(1)
        assert targets.exists()
        assert not dropped.exists()
    finally:
        serving.send_signal(signal.SIGTERM)  # as a service manager stops it
        serving.wait(timeout=90)
