"""Takes the README's picture of the review map: python docs/images/review_map.py HOME [OUTPUT].

HOME is the sample as `kerumun demo` leaves it (kerumun-home/demo); it is copied, and the copy gets an account.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import APIRequestContext, sync_playwright

from kerumun.parameters import open_session
from portal.options import PortalOptions
from portal.serve import portal_running

HOUR = "2020-03-31T12Z"
VIEW = "12.60/-5.4850/109.0010"
DRAWN_MS = 5000
SIZE = {"width": 1440, "height": 900}
PASSWORD = "for one picture only"  # noqa: S105 - of an account on a copy that is thrown away
BROWSER = (
    "--use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --no-sandbox "
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)


def main() -> None:
    """Take it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=Path(__file__).with_name("review-map.png"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home, Path(folder) / "home"))
        options = open_session(home, as_json=True).options
        with portal_running(options, PortalOptions(port=8079), say=lambda _: None) as link:
            _take(link, given.output)


def _take(link: str, output: Path) -> None:
    address, token = link.split("/#setup=")
    account = {"login": "rara", "name": "Rara", "password": PASSWORD}
    httpx.post(f"{address}/api/setup", json={"token": token, **account}, headers={"Origin": address}).raise_for_status()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER.split())
        context = browser.new_context(viewport=SIZE, device_scale_factor=1.5, locale="en-GB")
        context.request.post(f"{address}/api/session", data=account, headers={"Origin": address})
        page = context.new_page()
        name = _largest_gathering(context.request, address)
        page.goto(f"{address}/#at={HOUR}&map={VIEW}&measure=density&select=gathering:{name}&lang=en&theme=light")
        page.get_by_role("region", name="Details").get_by_role("table").first.wait_for()
        page.wait_for_timeout(DRAWN_MS)
        page.screenshot(path=output)
        browser.close()


def _largest_gathering(request: APIRequestContext, address: str) -> str:
    span = "start=2020-03-31T12:00:00Z&end=2020-03-31T13:00:00Z"
    found = request.get(f"{address}/api/gatherings?{span}").json()["gatherings"]
    return str(max(found, key=lambda each: each["people"] or 0)["gathering_id"])


if __name__ == "__main__":
    main()
