"""Visits to the portal with a real browser, Debian's Chromium, that let nothing leave this machine unseen."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

# Software rendering, and none of the calls home that a browser makes by itself.
WORDS = (
    "--use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --no-sandbox "
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PICTURES = "KERUMUN_TEST_PICTURES"  # a folder to keep a picture of each step in, to be looked at
PATIENCE_MS = 30_000
SERIOUS = {"serious", "critical"}


def find_chromium():
    """Debian's Chromium; the test is skipped without it, or fails where nothing may be skipped."""
    found = shutil.which("chromium")
    if found is None:
        said = "Chromium is not installed: `make system` installs it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    return found


@contextmanager
def browser():
    """A browser for as long as the block."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=WORDS.split())
        try:
            yield started
        finally:
            started.close()


class Visits:
    """Everybody who visits one portal during a test."""

    def __init__(self, browser, address, password):
        self.browser, self.address, self.password = browser, address, password
        self.strange, self.open, self.answered = [], [], []

    def visit(self, login=None, *, path="/", size=DESKTOP, **options):
        """A page, signed in as somebody unless the login is None; nothing that it says or asks goes unseen."""
        options = {"locale": "en-GB", "timezone_id": "Asia/Jakarta", **options}
        context = self.browser.new_context(viewport=size, has_touch=size is PHONE, **options)
        context.set_default_timeout(PATIENCE_MS)
        self.open.append(context)
        if login is not None:
            given = {"login": login, "password": self.password}
            answer = context.request.post(f"{self.address}/api/session", data=given, headers={"Origin": self.address})
            assert answer.ok, answer.text()
        page = context.new_page()
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.strange.append(f"error: {error}"))
        page.on("request", self._see)
        page.on("response", lambda answer: self.answered.append((answer.status, answer.url)))
        page.goto(self.address + path)
        return page

    def _hear(self, kind, text):
        if kind in {"error", "warning"}:
            self.strange.append(f"{kind}: {text}")

    def _see(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.strange.append(f"request to {request.url}")

    def expect_errors(self, *parts):
        """Take note of errors that a test makes happen on purpose."""
        self.strange = [said for said in self.strange if not any(part in said for part in parts)]

    def close(self):
        """End all visits; nothing strange may have happened."""
        for context in self.open:
            context.close()
        assert self.strange == []


def keep_picture(page, name):
    """Keep a picture of a step, where a person wants to look at them."""
    folder = os.environ.get(PICTURES)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(1500)
        page.screenshot(path=Path(folder) / f"{name}.png")


def keep_file(path, name):
    """Keep a file that a step made, likewise."""
    folder = os.environ.get(PICTURES)
    if folder:
        shutil.copy(path, Path(folder) / name)


def serious_faults(page):
    """What keeps people from using a page, by the rules of axe that are serious or worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} ({node['html'][:120]})"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]
