"""A portal with accounts of its own, as browsers and machines meet it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from crowd.warnings.audit import Act
from kerumun.settings import Settings, run_options
from lake.database import open_database
from lake.home import Home
from portal.app import make_app
from portal.options import PortalOptions
from portal.security.accounts import add_account, set_password
from portal.security.door import Door
from portal.security.links import make_setup_link
from portal.security.passwords import Passwords
from portal.security.tokens import add_token

BEGINNING = datetime(2020, 4, 1, tzinfo=UTC)
PASSWORD = "seven quiet rivers"  # noqa: S105 - of nobody real
ANOTHER = "eight quiet rivers"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = BEGINNING

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


class Site:
    """A portal: its application, ledger and clock."""

    def __init__(self, app, database, clock):
        self.app, self.database, self.clock = app, database, clock

    def act(self, by="Kepala"):
        return Act(by=by, at=self.clock(), login="kepala")

    def add(self, login="rara", *, role="approver", name=None, password=PASSWORD):
        """An account that can sign in."""
        with self.database.writing() as writing:
            row = add_account(writing, login, name=name or login.title(), role=role, act=self.act())
            if password is not None:
                hashed = self.app.state.door.passwords.hash(password)
                set_password(writing, row, hashed, act=self.act(), said="in a test")

    def browser(self, *, address="192.0.2.1", base_url="http://localhost:8078"):
        """A browser of its own, that nobody is signed in with."""
        return TestClient(
            self.app, base_url=base_url, client=(address, 50000), follow_redirects=False, raise_server_exceptions=False
        )

    def signed_in(self, login="rara", *, password=PASSWORD, **where):
        """A browser in which somebody is signed in; it sends the CSRF token by itself."""
        browser = self.browser(**where)
        answer = sign_in(browser, login, password)
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return browser

    def route(self, path, endpoint, **options):
        """One more route, asked before the page."""
        self.app.add_api_route(path, endpoint, **options)
        routes = self.app.router.routes
        routes.insert(0, routes.pop())

    def setup_token(self):
        """Of the link that a start prints; None where it prints none."""
        link = make_setup_link(self.database, now=self.clock())
        return link and link.removeprefix("#setup=")

    def token(self, *scopes, days=30, name="display", by="kepala"):
        """What a machine shows."""
        with self.database.writing() as writing:
            act = Act(by=by, at=self.clock(), login=by)
            return add_token(writing, name, scopes=scopes, days=days, act=act)[1]


def sign_in(browser, login="rara", password=PASSWORD, **more):
    """What the browser is answered."""
    return browser.post("/api/session", json={"login": login, "password": password}, **more)


@contextmanager
def open_site(root, *, ledger_url=None, hasher=QUICK, clock=None, **options):
    """A portal over a new home, with hashing quick enough for tests."""
    root.mkdir(exist_ok=True)
    url = ledger_url or f"sqlite:///{root / 'ledger.sqlite'}"
    clock = clock or Clock()
    run = run_options(Home(root), Settings(ledger_url=url))
    with open_database(url) as database:
        app = make_app(run, PortalOptions(**options), database=database, clock=clock)
        app.state.door = Door(passwords=Passwords(hasher), provider=app.state.door.provider)
        yield Site(app, database, clock)
