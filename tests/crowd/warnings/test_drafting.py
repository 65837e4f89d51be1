from datetime import timedelta

import pytest
from drafted_warnings import by
from seen_gatherings import NOON, desk_of, draft_round, gathering, seen_of
from sqlalchemy import select

from crowd.policy.auto import Auto
from crowd.warnings.decisions import approve, reject
from crowd.warnings.drafting import draft_warnings, earliest_open, rewrite
from crowd.warnings.drafts import find_warning
from crowd.warnings.gateways import limits_at
from crowd.warnings.listing import show_warning
from crowd.warnings.loading import outgoing_of, references_of
from crowd.warnings.outbox import claim_next, expire_due
from crowd.warnings.outgoing import Answer
from crowd.warnings.proposing import Drafting
from crowd.warnings.retracting import retract
from crowd.warnings.routes import routes_of
from crowd.warnings.seen import people_in_words
from crowd.warnings.settling import settle
from crowd.warnings.tables import OutboxRow, WarningRow
from crowd.warnings.verify import verify
from crowd.warnings.wording import lists_of, revision_of, wording_of
from lake.database import open_database
from lake.errors import RefusedInputError

HOUR = timedelta(hours=1)
DELIVERED = Answer(outcome="delivered", said="ok")


@pytest.fixture
def session(ledger_url):
    with open_database(ledger_url) as database, database.writing() as writing:
        yield writing
        assert verify(writing).problems == []


def warnings_in(session, **wanted):
    return session.scalars(select(WarningRow).filter_by(**wanted).order_by(WarningRow.created_at)).all()


def only(session, **wanted):
    (found,) = warnings_in(session, **wanted)
    return found


def send(session, warning, *, at=NOON, answer=DELIVERED):
    """Have a warning approved and given to its gateway."""
    options = desk_of().options
    lists = lists_of(revision_of(session, warning_id=warning.id, revision=warning.revision))
    routes = routes_of(lists, options=options, officers=())
    for n in range(warning.approvals_needed):
        approve(session, warning, routes=routes, act=by(f"person {n}", at=at))
    limits = limits_at(at, options=options, timezone="Asia/Jakarta")
    while (claim := claim_next(session, limits=limits, now=at).claim) is not None:
        settle(session, claim, answer, limits=limits, act=by("kerumun:sender", at=at))
    assert warning.state == ("delivered" if answer is DELIVERED else "queued")


def test_a_new_gathering_of_the_level_asked_for_is_drafted_and_a_lower_one_is_not(session):
    done = draft_round(session, gathering("g-1", level="siaga"), gathering("g-2", level="waspada"))
    warning = only(session)
    assert (done.drafted, warning.gathering_id, warning.state) == ([warning.id], "g-1", "draft")


def test_the_same_gathering_again_changes_nothing(session):
    draft_round(session, gathering())
    assert draft_round(session, gathering(), now=NOON + timedelta(minutes=5)).drafted == []
    assert len(warnings_in(session)) == 1


def test_a_draft_tells_place_level_time_emergency_number_and_how_to_check_it(session):
    draft_round(session, gathering())
    warning = only(session)
    texts = wording_of(session, revision_of(session, warning_id=warning.id, revision=1)).texts
    for told in ("UJI COBA", "SIAGA", "Pusaka Raya", "17.00 WIB", "112", "info.example.id", warning.code):
        assert told in texts["id"]


def test_a_draft_has_the_cells_of_its_gathering_and_the_hexagons_as_outline(session):
    draft_round(session, gathering())
    wording = wording_of(session, revision_of(session, warning_id=only(session).id, revision=1))
    assert wording.cells["cell_id"].to_list() == ["001-01-100-1", "001-01-100-2", "001-01-100-3"]
    assert wording.outline.equals_exact(seen_of(gathering()).outline_of("g-1"), tolerance=1e-6)


def test_a_gathering_in_papua_is_told_in_eastern_time(session):
    draft_round(session, gathering(area_code="91.71.01", regency_code="91.71"))
    warning = only(session)
    texts = wording_of(session, revision_of(session, warning_id=warning.id, revision=1)).texts
    assert "19.00 WIT" in texts["id"]


def test_a_regency_without_an_emergency_number_keeps_the_draft_from_being_approved(session):
    done = draft_round(session, gathering(area_code="99.02.01", regency_code="99.02"))
    warning = only(session)
    assert "no emergency number is set for regency 99.02" in done.problems[warning.id][0]
    with pytest.raises(RefusedInputError, match=r"no emergency number is set for regency 99\.02"):
        approve(session, warning, routes=(), act=by("Sri"))


def test_a_gathering_that_rests_on_too_few_devices_is_never_told(session):
    done = draft_round(session, gathering(devices=14))
    assert (done.too_small, warnings_in(session)) == (1, [])


def test_a_gathering_that_nobody_sees_at_the_moment_is_not_drafted(session):
    draft_round(session, gathering(people=None))
    assert warnings_in(session) == []


def test_a_gathering_last_seen_long_ago_is_not_drafted(session):
    draft_round(session, gathering(at=NOON - 4 * HOUR))
    assert warnings_in(session) == []


def test_two_approvals_are_needed_for_awas_and_one_for_siaga(session):
    draft_round(session, gathering("g-1", level="siaga"), gathering("g-2", level="awas"))
    assert only(session, gathering_id="g-1").approvals_needed == 1
    assert only(session, gathering_id="g-2").approvals_needed == 2


def test_an_unsent_warning_of_a_gathering_that_ends_is_cancelled(session):
    draft_round(session, gathering())
    done = draft_round(session, gathering(state="ended", level="normal", at=NOON), now=NOON + HOUR)
    warning = only(session)
    assert (warning.state, done.cancelled, done.drafted) == ("cancelled", [warning.id], [])


def test_an_unsent_warning_of_a_gathering_that_corrected_counts_no_longer_show_is_cancelled(session):
    draft_round(session, gathering())
    draft_round(session, now=NOON + timedelta(minutes=5))
    assert only(session).state == "cancelled"


def test_a_gathering_that_rises_before_its_warning_went_out_gets_one_of_the_higher_level_instead(session):
    draft_round(session, gathering(level="siaga"))
    draft_round(session, gathering(level="awas", at=NOON), now=NOON + HOUR)
    assert [(w.level, w.kind, w.state) for w in warnings_in(session)] == [
        ("siaga", "alert", "cancelled"),
        ("awas", "alert", "draft"),
    ]


def test_a_gathering_that_rises_after_its_warning_went_out_gets_an_update_that_refers_to_it(session):
    draft_round(session, gathering(level="siaga"))
    first = only(session)
    send(session, first)
    draft_round(session, gathering(level="awas", at=NOON), now=NOON + HOUR)
    update = only(session, level="awas")
    assert (update.kind, update.replaces, first.state) == ("update", first.id, "delivered")
    assert [(r.warning_id, r.sent_at) for r in references_of(session, update)] == [(first.id, NOON)]
    texts = wording_of(session, revision_of(session, warning_id=update.id, revision=1)).texts
    assert first.code in texts["id"]


def test_a_gathering_that_falls_and_rises_again_is_not_warned_of_twice(session):
    draft_round(session, gathering(level="awas"))
    send(session, only(session))
    draft_round(session, gathering(level="siaga", at=NOON), now=NOON + HOUR)
    draft_round(session, gathering(level="awas", at=NOON + HOUR), now=NOON + 2 * HOUR)
    assert len(warnings_in(session)) == 1


def test_a_rejected_warning_is_not_drafted_again_at_the_same_level(session):
    draft_round(session, gathering())
    reject(session, only(session), act=by("Sri", why="a concert that everybody knows of"))
    draft_round(session, gathering(at=NOON), now=NOON + HOUR)
    assert [w.state for w in warnings_in(session)] == ["cancelled"]


def test_a_draft_that_nobody_looked_at_in_time_is_drafted_anew_while_the_gathering_lasts(session):
    draft_round(session, gathering())
    expire_due(session, now=NOON + 2 * HOUR)
    draft_round(session, gathering(at=NOON + HOUR), now=NOON + 2 * HOUR)
    assert [w.state for w in warnings_in(session)] == ["expired", "draft"]


def test_a_draft_whose_time_is_over_and_that_no_sender_saw_is_drafted_anew_as_well(session):
    draft_round(session, gathering())
    draft_round(session, gathering(at=NOON + HOUR), now=NOON + 2 * HOUR)
    assert [w.state for w in warnings_in(session)] == ["expired", "draft"]


def test_a_stopped_warning_that_waits_for_a_person_is_stopped_once_and_keeps_no_old_hour_open(session):
    draft_round(session, gathering())
    warning = only(session)
    send(session, warning, answer=Answer(outcome="unknown", said="no answer"))
    ended = gathering(state="ended", level="normal", at=NOON)
    draft_round(session, ended, now=NOON + HOUR)
    stopped_at = warning.stopped_at
    assert (warning.state, draft_round(session, ended, now=NOON + HOUR).cancelled) == ("queued", [])
    assert warning.stopped_at == stopped_at
    assert earliest_open(session, since=NOON - 5 * HOUR, now=NOON + HOUR) == NOON + HOUR


def test_a_message_to_take_a_warning_back_is_drafted_when_its_gathering_has_dispersed(session):
    draft_round(session, gathering())
    first = only(session)
    send(session, first)
    draft_round(session, gathering(state="ended", level="normal", at=NOON), now=NOON + HOUR)
    draft_round(session, gathering(state="ended", level="normal", at=NOON), now=NOON + HOUR)
    clear = only(session, kind="cancel")
    assert (clear.state, clear.replaces) == ("draft", first.id)
    said = wording_of(session, revision_of(session, warning_id=clear.id, revision=1))
    assert "tidak berlaku lagi" in said.texts["id"]
    assert said.cells["cell_id"].to_list() == ["001-01-100-1", "001-01-100-2", "001-01-100-3"]


@pytest.mark.parametrize("cause", ["merged", "unseen"])
def test_no_all_clear_is_proposed_where_nobody_knows_that_the_people_have_left(session, cause):
    draft_round(session, gathering())
    send(session, only(session))
    draft_round(session, gathering(state="ended", level="normal", at=NOON, end_cause=cause), now=NOON + HOUR)
    assert warnings_in(session, kind="cancel") == []


def test_a_warning_can_be_taken_back_by_hand_only_when_it_went_out_and_only_once(session):
    draft_round(session, gathering())
    warning = only(session)
    with pytest.raises(RefusedInputError, match="has gone out: cancel it instead"):
        retract(session, warning, desk=desk_of(), act=by("Sri", why="wrong place"))
    send(session, warning)
    assert len(retract(session, warning, desk=desk_of(), act=by("Sri", why="wrong place")).drafted) == 1
    with pytest.raises(RefusedInputError, match="there is a message already"):
        retract(session, warning, desk=desk_of(), act=by("Sri", why="wrong place"))


def test_a_policy_that_says_auto_approves_its_areas_and_levels_and_no_others(session):
    auto = (Auto(name="drill", areas=("99.01",), levels=("siaga",)),)
    rows = (
        gathering("g-1"),
        gathering("g-2", area_code="99.02.01", regency_code="99.02"),
        gathering("g-3", level="awas"),
        gathering("g-4", area_code="99.011"),
    )
    done = draft_round(session, *rows, desk=desk_of(auto=auto))
    states = {w.gathering_id: w.state for w in warnings_in(session)}
    assert states == {"g-1": "approved", "g-2": "draft", "g-3": "draft", "g-4": "draft"}
    assert done.approved == [only(session, gathering_id="g-1").id]


def test_nothing_is_approved_by_a_policy_that_does_not_say_auto(session):
    draft_round(session, gathering(), gathering("g-2", level="awas"))
    assert {w.state for w in warnings_in(session)} == {"draft"}
    assert session.scalars(select(OutboxRow)).all() == []


def test_what_goes_out_is_marked_as_a_test_unless_live_is_switched_on(session):
    draft_round(session, gathering("g-1"), desk=desk_of())
    draft_round(session, gathering("g-1"), gathering("g-2"), desk=desk_of(mode="live"))
    for warning in warnings_in(session):
        texts = wording_of(session, revision_of(session, warning_id=warning.id, revision=1)).texts
        is_marked = all(text.startswith(("UJI COBA: ", "TEST: ")) for text in texts.values())
        assert is_marked == (warning.mode == "test")
    assert {w.mode for w in warnings_in(session)} == {"test", "live"}


def test_the_gateway_gets_what_was_drafted(session):
    draft_round(session, gathering())
    warning = only(session)
    lists = lists_of(revision_of(session, warning_id=warning.id, revision=1))
    approve(session, warning, routes=routes_of(lists, options=desk_of().options, officers=()), act=by("Sri"))
    outgoing = outgoing_of(session, f"{warning.id}.1.folder.alun")
    assert (outgoing.recipient, outgoing.level, outgoing.area_name) == ("alun", "siaga", "Pusaka Raya, Kota Contoh")
    assert outgoing.cells.height == 3


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(3_110.0, 5_130.0, "3.100-5.100"), (8_420.0, 13_000.0, "8.400-13.000"), (90.0, 110.0, "90-110"), (None, 5.0, "")],
)
def test_people_are_told_as_a_range_rounded_as_it_deserves(low, high, told):
    assert people_in_words({"people_low": low, "people_high": high}, thousands=".") == told


def test_a_warning_drafted_about_nothing_to_warn_cannot_be_approved(session):
    seen_rows = gathering()
    done = Drafting()
    seen = seen_of(seen_rows, cells=0)
    draft_warnings(session, seen, desk=desk_of(), now=NOON, fresh_from=NOON - 3 * HOUR, done=done)
    with pytest.raises(RefusedInputError, match="no cell is known to warn"):
        approve(session, find_warning(session, done.drafted[0]), routes=(), act=by("Sri"))


def test_a_draft_that_could_not_be_approved_is_written_anew_once_what_was_missing_is_set(session):
    draft_round(session, gathering(), desk=desk_of(official_page=""))
    warning = only(session)
    done = draft_round(session, gathering(), now=NOON + timedelta(minutes=5))
    wording = wording_of(session, revision_of(session, warning_id=warning.id, revision=warning.revision))
    assert (done.rewritten, warning.revision, list(wording.problems)) == ([warning.id], 2, [])
    assert "info.example.id" in wording.texts["id"]
    assert draft_round(session, gathering(), now=NOON + timedelta(minutes=6)).rewritten == []


def test_a_draft_that_a_person_edited_is_not_written_anew_by_the_flow(session):
    draft_round(session, gathering(), desk=desk_of(official_page=""))
    warning = only(session)
    rewrite(session, warning, seen_of(gathering()), desk=desk_of(official_page=""), act=by("Sri"))
    assert draft_round(session, gathering(), now=NOON + timedelta(minutes=5)).rewritten == []


def test_a_message_that_takes_back_can_be_written_anew_as_well(session):
    draft_round(session, gathering())
    send(session, only(session))
    retract(session, only(session), desk=desk_of(official_page=""), act=by("Sri", why="wrong place"))
    clear = only(session, kind="cancel")
    rewrite(session, clear, seen_of(), desk=desk_of(), act=by("Sri", why="the page is set"))
    wording = wording_of(session, revision_of(session, warning_id=clear.id, revision=2))
    assert (list(wording.problems), "tidak berlaku lagi" in wording.texts["id"]) == ([], True)


def test_a_gathering_that_corrected_counts_took_away_and_brought_back_is_drafted_again(session):
    draft_round(session, gathering())
    draft_round(session, now=NOON + timedelta(minutes=5))
    draft_round(session, gathering(), now=NOON + timedelta(minutes=10))
    assert [w.state for w in warnings_in(session)] == ["cancelled", "draft"]


def test_a_drill_about_an_old_hour_is_left_alone_by_the_hourly_flow(session):
    old = NOON - timedelta(days=400)
    done = Drafting()
    draft_warnings(session, seen_of(gathering(at=old)), desk=desk_of(), now=NOON, fresh_from=old, done=done)
    assert earliest_open(session, since=NOON - 5 * HOUR, now=NOON) == NOON
    assert draft_round(session).cancelled == []
    assert only(session).state == "draft"


def test_only_those_who_were_warned_are_told_that_it_is_over(session):
    draft_round(session, gathering("g-0"))
    send(session, only(session))
    seen = seen_of(gathering("g-1"), cells=5)
    draft_warnings(session, seen, desk=desk_of(), now=NOON, fresh_from=NOON - 3 * HOUR, done=Drafting())
    second = only(session, gathering_id="g-1")
    send(session, second)
    retract(session, second, desk=desk_of(), act=by("Sri", why="wrong place"))
    clear = only(session, kind="cancel")
    cells = wording_of(session, revision_of(session, warning_id=clear.id, revision=1)).cells
    assert cells["cell_id"].to_list() == ["001-01-100-4", "001-01-100-5"]


def test_a_retraction_is_signed_by_the_person_and_needs_a_reason(session):
    draft_round(session, gathering())
    send(session, only(session))
    with pytest.raises(RefusedInputError, match="say why"):
        retract(session, only(session), desk=desk_of(), act=by("Sri", why=" "))
    retract(session, only(session), desk=desk_of(), act=by("Sri", why="wrong place"))
    story = show_warning(session, only(session, kind="cancel").id).story
    assert (story[0].who, story[0].why) == ("Sri", "wrong place")
