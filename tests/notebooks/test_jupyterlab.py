"""What an analyst sees who has no internet: maps and charts in JupyterLab, by Debian's Chromium."""

import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from browser_visits import WORDS, find_chromium, keep_picture
from matplotlib.image import imread
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect, sync_playwright

from kerumun.notebook.scales import scale_of

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("notebooks")]

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOK = "1-a-night-and-a-day.ipynb"
# Names of other machines lead nowhere.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
RUN_MS = 300_000
# JupyterLab draws the cells that are in sight: all of them, on a page that is long enough.
LONG = {"width": 1300, "height": 4800}
LEAST_HEXAGON_PX = 500


@pytest.fixture
def jupyterlab(jupyter_place, tmp_path):
    """Address of a JupyterLab over copies of the notebooks."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / NOTEBOOK).write_bytes((FOLDER / NOTEBOOK).read_bytes())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *("--IdentityProvider.token=", "--PasswordIdentityProvider.hashed_password=", f"--ServerApp.root_dir={folder}"),
        *(
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        ),
    ]
    with (tmp_path / "jupyterlab.log").open("w") as log:
        serving = subprocess.Popen(words, env=jupyter_place, cwd=tmp_path, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api", serving)
        yield address
    finally:
        serving.terminate()
        serving.wait(timeout=60)


def test_maps_and_charts_need_no_internet(jupyterlab):
    with _page(jupyterlab) as (page, strange):
        page.goto(f"{jupyterlab}/lab/tree/{NOTEBOOK}")
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=RUN_MS)
        _run_all_cells(page)
        expect(page.locator(".vega-embed")).to_have_count(2, timeout=RUN_MS)
        _wait_until_drawn(page)
        keep_picture(page, "notebook")
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert strange == []


@contextmanager
def _page(address):
    """A page of a browser that reaches this machine alone, and all that it asked of others."""
    strange = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*WORDS.split(), ALONE])
        page = browser.new_page(viewport=LONG)
        own = (address, address.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else strange.append(asked.url))
        try:
            yield page, strange
        finally:
            browser.close()


def _run_all_cells(page):
    """JupyterLab forgets what is asked before its kernel is there: ask until a cell waits for it or has been run."""
    begun = page.locator(".jp-InputPrompt").get_by_text(re.compile(r"\[(\*|\d+)\]"))
    for _ in range(20):
        page.get_by_role("menuitem", name="Run").first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        with suppress(PlaywrightTimeoutError):
            begun.first.wait_for(timeout=10_000)
            return
    pytest.fail("no cell is run")


def _wait_until_drawn(page):
    """A map tells nobody when it has drawn its hexagons."""
    for _ in range(100):
        if _drawn(page) >= LEAST_HEXAGON_PX:
            return
        page.wait_for_timeout(2000)
    pytest.fail("no map shows its hexagons")


def _drawn(page):
    """Pixels of the page that have the colours of the most crowded hexagons."""
    picture = imread(BytesIO(page.screenshot()), format="png")[:, :, :3]
    darkest = scale_of(np.array([1.0, 10.0, 100.0, 1000.0])).colours[-1] / 255
    return int((np.abs(picture - darkest).max(axis=2) < 0.01).sum())


def _wait_for(url, serving):
    for _ in range(180):
        assert serving.poll() is None
        try:
            httpx.get(url, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"{url} does not answer")
