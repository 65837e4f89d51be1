"""`kerumun warnings verify|trail`: what happened, and whether the record of it holds."""

import re
from typing import Annotated

import typer

from crowd.warnings.listing import trail
from crowd.warnings.verify import verify
from kerumun.commands.signing import looking
from kerumun.commands.telling import tell_trail
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, open_session
from lake.errors import RefusedInputError

HASH = re.compile(r"[0-9a-f]{64}")

auditing = typer.Typer(help="What happened.")


@auditing.command("verify")
def verify_command(
    head: Annotated[str | None, typer.Option(help="Hash that an earlier verify told; must still be there.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Check that nobody changed the audit trail, nor anything behind its back."""
    session = open_session(home, as_json=json)
    if head is not None and not HASH.fullmatch(head):
        raise RefusedInputError(f"'{head}' is no hash as verify tells them: give 64 digits and letters from a to f")
    with looking(session) as reading:
        found = verify(reading, head=head)
    for problem in found.problems:
        session.printer.say(problem)
    if found.problems:
        raise RefusedInputError(
            f"the audit trail does not hold (findings: {len(found.problems)}, first: {found.problems[0]}): "
            "keep a copy of the ledger and find out who could write to it"
        )
    session.printer.say(f"{found.entries:,} entries, all as they were written")
    session.printer.say(f"note this down elsewhere, to check against later: --head {found.head}")
    session.printer.result(found)


@auditing.command("trail")
def trail_command(
    most: Annotated[int, typer.Option(min=1, help="So many of the latest entries.")] = 50,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Tell what happened to all warnings, with pauses, in order."""
    session = open_session(home, as_json=json)
    with looking(session) as reading:
        found = trail(reading, most=most)
    tell_trail(session, found)
    session.printer.result(found)
