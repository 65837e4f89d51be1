"""A city whose last night is to be reviewed: four simulated weeks up to yesterday evening, and everything running."""

import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sender_site import GatewayProcess, running_gateway

from crowd.counts import load_counts
from crowd.simulator import load_scenario, simulate
from geo.areas import LEVELS, load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from kerumun.parameters import open_session
from lake.profile import FileProfile

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SAMPLE_DAYS = date(2020, 3, 2), date(2020, 3, 31)
ZONE = ZoneInfo("Asia/Jakarta")
PATIENCE_S = 150
READY = "Stop with Ctrl-C"  # the last that a start prints
PASSWORD = "lampion di tepi kali 7"  # noqa: S105 - of accounts that live as long as a test
PEOPLE = {
    "vera": ("Vera", "viewer"),
    "ayu": ("Ayu", "analyst"),
    "budi": ("Budi", "approver"),
    "citra": ("Citra", "approver"),
}
SETTINGS = """
[warnings]
fresh_h = 48
sender_name = "Kota Contoh"
official_page = "info.example.id"

[warnings.operators.alun]
channel = "http"
url = "{url}"
secret_file = "alun.secret"

[portal]
port = {port}
"""


@dataclass(frozen=True)
class Night:
    """The home of such a city.

    Attributes:
        home: folder of the installation.
        hour: the last hour that was counted, yesterday's 19:00.
    """

    home: Path
    hour: datetime


def make_night(folder):
    """Simulate the sample city up to yesterday evening and run every hour, with drafts of what is fresh."""
    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    later = yesterday - SAMPLE_DAYS[1]
    scenario = folder / "scenario.toml"
    told = (SAMPLE / "scenario.toml").read_text(encoding="utf-8")
    told = re.sub(r"2020-\d\d-\d\d", lambda day: str(date.fromisoformat(day[0]) + later), told)
    scenario.write_text(told, encoding="utf-8")
    simulate(folder / "city", scenario=load_scenario(scenario), seed=0)
    night = Night(folder / "home", datetime.combine(yesterday, datetime.min.time(), ZONE).replace(hour=19))
    night.home.mkdir()
    set_up(night.home, url="http://127.0.0.1:9/lists", port=8078)
    _load(night.home, folder / "city")
    first = datetime.combine(SAMPLE_DAYS[0] + later, datetime.min.time(), ZONE)
    _kerumun("run", "--from", first.isoformat(), "--to", (night.hour + timedelta(hours=1)).isoformat(), home=night.home)
    return night


def set_up(home, *, url, port):
    """The settings of the installation: the sample's factors, a gateway of one operator, the portal's port."""
    factors = re.search(
        r"(?s)\[people_per_device\].*?(?=\n#|\n\[|\Z)", (SAMPLE / "kerumun.toml").read_text(encoding="utf-8")
    )
    settings = f'timezone = "Asia/Jakarta"\n{factors[0]}\n{SETTINGS.format(url=url, port=port)}'
    (home / "kerumun.toml").write_text(settings, encoding="utf-8")
    secret = home / "alun.secret"
    secret.touch(mode=0o600)
    secret.write_text("s" * 40)


def _load(home, city):
    intake = open_session(home, as_json=True).intake()
    load_cells(city / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone="Asia/Jakarta"))
    for level in LEVELS[:3]:
        load_areas(city / "areas.geojson", level=level, intake=intake, columns={})
    files = sorted([*(city / "counts").iterdir(), *(city / "inbox").iterdir()])
    load_counts(files, intake=intake, profile=FileProfile(), max_devices=50_000)


def _kerumun(*words, home):
    command = [sys.executable, "-m", "kerumun", *words, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class ReviewSite:
    """An installation that runs.

    Attributes:
        home: its folder.
        address: of the portal.
        setup_link: what the start printed, where nobody has an account.
        gateway: of the operator alun, where there is one.
    """

    home: Path
    address: str
    setup_link: str | None = None
    gateway: GatewayProcess | None = None

    @cached_property
    def accounts(self):
        """Logins of people with an account each, made as an admin makes them; all have the same password."""
        admin = Clerk(self.address)
        admin.use_link(self.setup_link, login="adi", name="Adi", password=PASSWORD)
        for login, (name, role) in PEOPLE.items():
            made = admin.post("/api/accounts", login=login, name=name, role=role)
            Clerk(self.address).use_link(made["link"], password=PASSWORD)
        return ("adi", *PEOPLE)


class Clerk:
    """Somebody who talks to the portal without a browser."""

    def __init__(self, address):
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=30, headers={"Origin": address})
        self.csrf = ""

    def use_link(self, link, **given):
        """Set a password through a one-time link."""
        answer = self.post("/api/setup", token=link.split("setup=")[1], **given)
        self.csrf = answer["csrf"]

    def sign_in(self, login, password=PASSWORD):
        """Begin a session."""
        self.csrf = self.post("/api/session", login=login, password=password)["csrf"]
        return self

    def get(self, path, **query):
        """Ask for something."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, **body):
        """Do something that must succeed."""
        answer = self.http.post(path, json=body, headers={"X-CSRF-Token": self.csrf})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@contextmanager
def serving_site(home):
    """`kerumun serve`, flows and sender and all, on a home that nobody else uses, with a gateway of one operator."""
    with running_gateway(home) as gateway:
        port = free_port()
        set_up(home, url=gateway.url, port=port)
        with _service(home, "serve", "--port", str(free_port()), port=port) as link:
            yield ReviewSite(home, f"http://127.0.0.1:{port}", link, gateway)


@contextmanager
def portal_site(home):
    """`kerumun portal` alone on a home that nobody else uses."""
    port = free_port()
    with _service(home, "portal", "--port", str(port), port=port) as link:
        yield ReviewSite(home, f"http://127.0.0.1:{port}", link)


@contextmanager
def _service(home, *words, port):
    log = home / f"{words[0]}.log"
    with log.open("w", encoding="utf-8") as said:
        command = [sys.executable, "-m", "kerumun", *words, "--home", str(home)]
        service = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: service.poll() is not None or READY in log.read_text(encoding="utf-8"))
            told = log.read_text(encoding="utf-8")
            assert service.poll() is None, told
            wait_for(lambda: answers(f"http://127.0.0.1:{port}/api/session"))
            yield next((word for word in told.split() if "#setup=" in word), None)
        finally:
            service.terminate()
            try:
                service.wait(60)
            except subprocess.TimeoutExpired:
                service.kill()
                raise


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url):
    """Whether something answers there."""
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(what, patience_s=PATIENCE_S):
    """Wait until something is there."""
    end = time.monotonic() + patience_s
    while not (found := what()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.2)
    return found
