"""Everything that the description of the interface allows, and more, asked of a portal: nothing makes it stumble."""

from contextlib import suppress
from datetime import timedelta

import pytest
import schemathesis
from drafted_warnings import add_warning
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from portal_accounts import open_site
from portal_visits import as_visitor
from review_lake import (
    GROUND,
    NOON,
    event_of,
    hexes_of,
    hour_of,
    load_town,
    name_of,
    target_of,
    write_density,
    write_gatherings,
)
from schemathesis.generation import GenerationMode

from lake.home import Home

NAME = name_of(NOON)


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """A small installation with something of everything, visited by an admin, and its description."""
    home = Home(tmp_path_factory.mktemp("described") / "home")
    load_town(home)
    for at in (NOON - timedelta(hours=1), NOON):
        write_density(home, at, devices=[10 + n % 30 for n in range(len(GROUND))])
    write_gatherings(
        home,
        [hour_of(NAME, NOON)],
        hexes=hexes_of(NAME, NOON),
        events=[event_of(NAME, NOON)],
        targets=[target_of(NAME, NOON)],
    )
    with open_site(home.root, ledger_url=home.ledger_url) as site:
        site.clock.now = NOON
        site.add("rara", role="admin")
        with site.database.writing() as writing:
            add_warning(writing, at=NOON, gathering_id=NAME)
        yield schemathesis.openapi.from_asgi("/api/openapi.json", as_visitor(site.app, role="admin"))


FEW = settings(max_examples=12, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_asked_is_answered_without_a_fault_of_ours(described, subtests, mode):
    statuses = []
    for found in described.exclude(path="/api/events").get_all_operations():
        operation = found.ok()
        with subtests.test(operation.label):
            statuses += ask_around(operation, mode)
    assert len(statuses) > 300
    assert 200 in statuses


def ask_around(operation, mode):
    """What some requests of one route are answered."""
    statuses = []

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        statuses.append(case.call().status_code)
        assert statuses[-1] < 500, case.as_curl_command()

    with suppress(Unsatisfiable):  # a route without parameters cannot be asked wrongly
        ask()
    return statuses
