"""The page of the review map in a browser: how long until there is something to look at."""

import shutil
from collections.abc import Mapping

from playwright.sync_api import Browser, Page, sync_playwright

# Software rendering, and none of the calls home that a browser makes by itself.
WORDS = (
    "--use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --no-sandbox "
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
PATIENCE_MS = 60_000
THERE = """(words) => words.every(([where, what]) => {
    const found = document.querySelector(where);
    return found !== null && new RegExp(what).test(found.textContent ?? "");
})"""
# Milliseconds since the navigation began, once the browser has drawn a frame with what is there.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
HEXAGONS, LISTED = ("#map-summary", "[1-9][0-9.,]* (hexagon|heksagon)"), ("[role=tabpanel] .item", ".")
SIGN_IN = ("[name=password]", "")


def cold_starts(address: str, cookies: Mapping[str, str], *, times: int) -> dict[str, list[float]] | str:
    """Milliseconds from a navigation with nothing cached: until hexagons, until the list too, and of the sign-in page.

    Args:
        address: of a portal that has its page.
        cookies: of somebody who is signed in there.
        times: how often, each in a profile of its own.

    Returns:
        Milliseconds by what was waited for; a sentence where there is no browser.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        return "Chromium is not installed"
    found: dict[str, list[float]] = {"sign-in page": [], "list": [], "hexagons and list": []}
    with sync_playwright() as playwright:
        for _ in range(times):
            browser = playwright.chromium.launch(executable_path=chromium, args=WORDS.split())
            try:
                found["sign-in page"].append(_milliseconds(browser, address, {}, [SIGN_IN])[0])
                listed, both = _milliseconds(browser, address, cookies, [LISTED], [LISTED, HEXAGONS])
                found["list"].append(listed)
                found["hexagons and list"].append(both)
            finally:
                browser.close()
    return found


def _milliseconds(
    browser: Browser, address: str, cookies: Mapping[str, str], *awaited: list[tuple[str, str]]
) -> list[float]:
    """Of a visit in a context of its own, which has no cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Asia/Jakarta")
    context.set_default_timeout(PATIENCE_MS)
    try:
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(address, wait_until="commit")
        return [_drawn(page, words) for words in awaited]
    finally:
        context.close()


def _drawn(page: Page, words: list[tuple[str, str]]) -> float:
    page.wait_for_function(THERE, arg=words, polling="raf")
    return float(page.evaluate(DRAWN))
