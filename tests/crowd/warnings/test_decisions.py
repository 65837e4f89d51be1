import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from drafted_warnings import NOW, add_approved, add_warning, by, made_wording, routes_for
from hypothesis import given
from hypothesis import strategies as st
from outbox_by_hand import Post
from sqlalchemy import select

from crowd.warnings.audit import Act
from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.decisions import approve, approve_by_policy, cancel, reject
from crowd.warnings.drafts import find_warning, revise
from crowd.warnings.kill_switch import pause, resume
from crowd.warnings.outbox import expire_due
from crowd.warnings.people import person_key
from crowd.warnings.states import move
from crowd.warnings.tables import ApprovalRow, OutboxRow
from lake.database import open_database
from lake.errors import RefusedInputError

RESERVED = ["policy:auto", "POLICY:auto", "  policy:auto", "ｐｏｌｉｃｙ:auto", "kerumun:sender", "Kerumun:sender"]
NO_NAMES = ["", "   ", "ani\u200b", "ani\x00", "a" * 129]


@pytest.fixture
def post(ledger_url):
    with open_database(ledger_url) as database:
        yield Post(database)


def say_yes(post, name, who, *, version=None, at=NOW, routes=None):
    def step(session):
        warning = find_warning(session, name, version=version)
        routes_taken = routes_for(session, name) if routes is None else routes
        return approve(session, warning, routes=routes_taken, act=by(who, at=at))

    return post.do(step)


def decide(post, name, decision, **named):
    return post.do(lambda session: decision(session, find_warning(session, name), **named))


def together(*steps):
    """Take steps at the same moment; gives what each of them gave or raised."""
    everybody = threading.Barrier(len(steps))

    def take(step):
        everybody.wait()
        try:
            return step()
        except RefusedInputError as error:
            return error

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(take, steps))


def test_one_person_is_enough_where_one_is_needed(post):
    name = post.do(add_warning)
    assert say_yes(post, name, "Ani")
    assert post.warning(name).state == "approved"
    assert [message.state for message in post.messages().values()] == ["waiting"]


def test_two_different_people_are_needed_where_two_are(post):
    name = post.do(add_warning, approvals_needed=2)
    assert not say_yes(post, name, "Ani")
    assert (post.warning(name).state, post.messages()) == ("draft", {})
    assert say_yes(post, name, "Budi")
    assert (post.warning(name).state, len(post.messages())) == ("approved", 1)


@pytest.mark.parametrize("again", ["Ani Dua", "ani dua", "ANI DUA", "  Ani\t Dua ", "Ａｎｉ Ｄｕａ", "Ani\u00a0Dua"])
def test_the_same_person_cannot_approve_twice_however_the_name_is_spelled(post, again):
    name = post.do(add_warning, approvals_needed=2)
    say_yes(post, name, "Ani Dua")
    with pytest.raises(RefusedInputError, match="takes another person"):
        say_yes(post, name, again)
    assert post.warning(name).state == "draft"


@given(st.text(max_size=20))
def test_the_key_of_a_person_stands_still(name):
    assert person_key(person_key(name)) == person_key(name)
    assert person_key(f" {name}\n") == person_key(name)


@pytest.mark.parametrize("who", RESERVED + NO_NAMES)
def test_nobody_decides_in_the_name_of_a_policy_a_part_of_kerumun_or_nobody(post, who):
    name, act = post.do(add_warning), by(who)
    with pytest.raises(RefusedInputError):
        say_yes(post, name, who)
    for decision in (lambda s: reject(s, find_warning(s, name), act=act), lambda s: pause(s, act=act)):
        with pytest.raises(RefusedInputError):
            post.do(decision)
    for step in (resume, lambda s, *, act: retry(s, "any", act=act)):
        with pytest.raises(RefusedInputError, match=r"no person|no name"):
            post.do(step, act=act)
    assert len(post.trail()) == 1


@pytest.mark.parametrize("step", [resolve_sent, resolve_not_sent])
def test_only_a_person_resolves_what_nobody_knows(post, step):
    post.do(add_approved)
    key = post.send("unknown")
    with pytest.raises(RefusedInputError, match="no person"):
        post.do(step, key, act=post.act())
    assert post.message(key).state == "unknown"


def test_a_policy_approves_alone_under_its_own_name(post):
    name = post.do(add_warning, approvals_needed=2)
    post.do(
        lambda s: approve_by_policy(
            s, find_warning(s, name), rule="siaga in Alun", routes=routes_for(s, name), act=post.act("")
        )
    )
    assert post.warning(name).state == "approved"
    assert [row.name for row in post.rows(select(ApprovalRow))] == ["policy:siaga in Alun"]


def test_an_edit_voids_the_approvals_given_before(post):
    name = post.do(add_warning, approvals_needed=2)
    say_yes(post, name, "Ani")
    decide(post, name, revise, wording=made_wording(cells=2), act=by("Citra"))
    assert not say_yes(post, name, "Budi")
    assert say_yes(post, name, "Ani")
    assert [(row.revision, row.key[-6:]) for row in post.messages().values()] == [(2, "r.alun")]


def test_a_warning_without_its_approvals_is_moved_by_nobody(post):
    name = post.do(add_warning, approvals_needed=2)
    say_yes(post, name, "Ani")
    with pytest.raises(RefusedInputError, match="needs 2 approvals of revision 1"):
        decide(post, name, move, to="approved", act=by("Ani"), action="approved")


@pytest.mark.parametrize(
    "decision",
    [
        lambda post, name, v: say_yes(post, name, "Budi", version=v),
        lambda post, name, v: post.do(lambda s: reject(s, find_warning(s, name, version=v), act=by("Budi"))),
        lambda post, name, v: post.do(lambda s: cancel(s, find_warning(s, name, version=v), act=by("Budi"))),
    ],
    ids=["approve", "reject", "cancel"],
)
@pytest.mark.parametrize("meanwhile", ["approved", "edited"])
def test_who_looked_before_somebody_else_decided_must_look_again(post, decision, meanwhile):
    name = post.do(add_warning, approvals_needed=2)
    version = post.warning(name).version
    if meanwhile == "approved":
        say_yes(post, name, "Ani")
    else:
        decide(post, name, revise, wording=made_wording(cells=2), act=by("Citra"))
    with pytest.raises(RefusedInputError, match="changed meanwhile"):
        decision(post, name, version)
    assert post.warning(name).state == "draft"


def test_of_two_who_decide_at_once_on_what_they_both_saw_one_is_told_to_look_again(post):
    for number in range(5):
        name = post.do(add_warning, number=number)
        version = post.warning(name).version

        def no(name=name, version=version):
            return post.do(lambda s: reject(s, find_warning(s, name, version=version), act=by("Budi")))

        def yes(name=name, version=version):
            return say_yes(post, name, "Ani", version=version)

        found = together(yes, no)
        assert sum(isinstance(each, RefusedInputError) for each in found) == 1
        was_approved = found[0] is True
        assert post.warning(name).state == ("approved" if was_approved else "cancelled")
        assert len([row for row in post.messages().values() if row.warning_id == name]) == was_approved
    assert post.problems() == []


def test_many_spellings_of_one_person_at_once_are_one_approval(post):
    name = post.do(add_warning, approvals_needed=2)
    found = together(*(lambda who=who: say_yes(post, name, who) for who in ("Ani", "ANI", " ani", "Ａｎｉ")))
    assert sorted(isinstance(each, RefusedInputError) for each in found) == [False, True, True, True]
    assert post.warning(name).state == "draft"


def test_two_people_at_once_approve_once(post):
    name = post.do(add_warning, approvals_needed=2)
    assert sorted(together(lambda: say_yes(post, name, "Ani"), lambda: say_yes(post, name, "Budi"))) == [False, True]
    assert len(post.messages()) == 1
    assert post.problems() == []


def test_drafts_of_one_key_at_once_are_one(post):
    names = together(*(lambda: post.do(add_warning) for _ in range(4)))
    assert sum(name is not None for name in names) == 1


@pytest.mark.parametrize("decision", [reject, cancel])
@pytest.mark.parametrize("why", ["", "  \n"])
def test_saying_no_takes_a_reason(post, decision, why):
    name = post.do(add_warning)
    with pytest.raises(RefusedInputError, match="say why"):
        decide(post, name, decision, act=by("Ani", why=why))
    assert post.warning(name).state == "draft"


def test_a_warning_with_problems_cannot_be_approved(post):
    name = post.do(add_warning, wording=made_wording(problems=("the text is too long", "no page is set")))
    with pytest.raises(RefusedInputError, match="the text is too long; no page is set"):
        say_yes(post, name, "Ani")


def test_a_warning_whose_time_is_over_cannot_be_approved(post):
    name = post.do(add_warning, expires_at=NOW)
    with pytest.raises(RefusedInputError, match="has expired"):
        say_yes(post, name, "Ani")


def test_a_warning_that_goes_nowhere_cannot_be_approved(post):
    name = post.do(add_warning)
    with pytest.raises(RefusedInputError, match="nowhere to go"):
        say_yes(post, name, "Ani", routes=[])


@pytest.mark.parametrize("over", ["approved", "rejected", "expired"])
def test_what_is_no_draft_any_more_takes_no_decision_of_drafts(post, over):
    name = post.do(add_warning)
    if over == "approved":
        say_yes(post, name, "Ani")
    elif over == "rejected":
        decide(post, name, reject, act=by("Ani"))
    else:
        post.do(expire_due, now=post.warning(name).expires_at)
    for step in (
        lambda: say_yes(post, name, "Budi"),
        lambda: decide(post, name, reject, act=by("Budi")),
        lambda: decide(post, name, revise, wording=made_wording(), act=by("Budi")),
    ):
        with pytest.raises(RefusedInputError, match="only a draft"):
            step()


class PowerCutError(Exception):
    pass


def test_a_crash_before_the_end_leaves_neither_approval_nor_message(post):
    name = post.do(add_warning)

    def step(session):
        approve(session, find_warning(session, name), routes=routes_for(session, name), act=by("Ani"))
        raise PowerCutError

    with pytest.raises(PowerCutError):
        post.do(step)
    assert (post.warning(name).state, post.messages(), post.rows(select(ApprovalRow))) == ("draft", {}, [])
    assert (len(post.trail()), post.problems()) == (1, [])


def test_nobody_sees_an_approval_without_its_messages(post):
    name = post.do(add_warning)
    with post.database.writing() as session:
        approve(session, find_warning(session, name), routes=routes_for(session, name), act=by("Ani"))
        with post.database.reading() as other:
            seen = other.scalars(select(ApprovalRow)).all(), other.scalars(select(OutboxRow)).all()
    assert seen == ([], [])
    assert (len(post.rows(select(ApprovalRow))), len(post.messages())) == (1, 1)


def test_a_warning_is_found_by_its_name_and_by_the_code_people_read(post):
    name = post.do(add_warning)
    code = post.warning(name).code
    for told in (name, code, f" {code[:3].lower()}-{code[3:].lower()} "):
        assert post.do(lambda s, told=told: find_warning(s, told).id) == name


def test_a_warning_nobody_wrote_is_not_found(post):
    with pytest.raises(RefusedInputError, match="there is no warning W1"):
        post.do(find_warning, "W1")


def test_a_switch_says_who_threw_it_until_it_is_taken_back(post):
    post.do(pause, act=Act(by="Ani", at=NOW, why="smoke drill"))
    post.do(resume, act=by("Budi"))
    assert [(row.action, row.who, row.why) for row in post.trail()] == [
        ("pause", "Ani", "smoke drill"),
        ("resume", "Budi", "seen on the map"),
    ]
