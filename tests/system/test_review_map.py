"""The review map as people use it: a real browser against a real installation on four simulated weeks."""

import shutil

import pytest
from browser_visits import Visits, browser, find_chromium, keep_picture
from playwright.sync_api import expect
from review_site import PASSWORD, Clerk, make_night, portal_site, serving_site, wait_for

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("review-map")]
LARGE, SMALL = "Pusaka Raya", "Bandar Lampion"  # the crowds of the last night: awas and siaga
ENGLISH, INDONESIAN = {"locale": "en-GB"}, {"locale": "id-ID"}


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A night to be reviewed, with an account for each role; never changed."""
    find_chromium()
    night = make_night(tmp_path_factory.mktemp("night"))
    with portal_site(night.home) as site:
        assert site.accounts
    return night


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def home(night, tmp_path):
    return shutil.copytree(night.home, tmp_path / "home")


@pytest.fixture
def visits(home, chromium):
    """Visits to a portal of one test alone."""
    with portal_site(home) as site:
        visits = Visits(chromium, site.address, PASSWORD)
        yield visits
        visits.close()


def details(page):
    return page.get_by_role("complementary", name="Details").or_(page.get_by_role("region", name="Details"))


def open_gathering(page, name=LARGE):
    page.get_by_role("tabpanel").get_by_role("button", name=name).click()
    expect(details(page).get_by_role("heading", name=f"Gathering in {name}")).to_be_visible()


def open_warning(page, name=LARGE):
    page.get_by_role("tab", name="Warnings").click()
    page.get_by_role("tabpanel").get_by_role("button", name=name).first.click()
    expect(details(page).get_by_role("heading", name="Decision")).to_be_visible()


def approve(page):
    details(page).get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def site(home):
    """Everything running: flows, sender, portal, and an operator's gateway."""
    with serving_site(home) as running:
        yield running


def test_last_nights_gathering_is_found_judged_and_warned_about_by_two_people(site, chromium):
    visits = Visits(chromium, site.address, PASSWORD)
    analyst = visits.visit("ayu")
    expect(analyst.get_by_text("Awas").first).to_be_visible()
    keep_picture(analyst, "story-1-night")
    open_gathering(analyst)
    expect(details(analyst)).to_contain_text("above the usual")
    keep_picture(analyst, "story-2-why")
    open_warning(analyst)
    details(analyst).get_by_role("button", name="Edit").click()
    first = details(analyst).get_by_role("checkbox").first
    taken_off = first.get_attribute("value") or first.get_attribute("aria-label")
    first.uncheck()
    details(analyst).get_by_label("Why it is changed").fill("serves the next quarter")
    expect(details(analyst)).to_contain_text("taken off")
    keep_picture(analyst, "story-3-edit")
    details(analyst).get_by_role("button", name="Save changes").click()
    expect(details(analyst)).to_contain_text("13 cells")
    expect(details(analyst).get_by_role("button", name="Approve")).to_have_count(0)
    keep_picture(analyst, "story-4-saved")
    first_person, second_person = visits.visit("budi"), visits.visit("citra")
    open_warning(first_person)
    approve(first_person)
    expect(details(first_person)).to_contain_text("1 more person needed")
    keep_picture(first_person, "story-5-first")
    open_warning(second_person)
    expect(details(second_person)).to_contain_text("Budi")
    approve(second_person)
    expect(details(second_person)).to_contain_text("Sent", timeout=60_000)
    keep_picture(second_person, "story-6-sent")
    visits.close()
    (taken,) = wait_for(site.gateway.accepted)
    warning = Clerk(site.address).sign_in("vera").get(f"/api/warnings/{taken['key'].split('.')[0]}")
    assert taken_off not in {cell["cell_id"] for cell in warning["cells"]}
    assert [entry["who"] for entry in warning["story"] if entry["what"] == "approve"] == ["Budi (at budi)", "Citra (at citra)"]
