"""Who may decide: a person with a name that can be read, who says why."""

from unicodedata import normalize

from crowd.warnings.audit import Act
from crowd.warnings.states import POLICY
from lake.errors import RefusedInputError

RESERVED = (POLICY, "kerumun:")
LONGEST_NAME = 128


def person_key(name: str) -> str:
    """A name such that two spellings of one person are the same."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def must_say_why(act: Act, what: str) -> None:
    """Refuse an act without a reason.

    Raises:
        RefusedInputError: `why` is empty.
    """
    if not act.why.strip():
        raise RefusedInputError(f"say why {what}, with --why: the next reader will want to know")


def must_be_person(act: Act) -> None:
    """Refuse what no person is called.

    Raises:
        RefusedInputError: the name is empty, too long, that of a part of Kerumun, or holds what nobody can see.
    """
    key = person_key(act.by)
    if not key or key.startswith(RESERVED):
        raise RefusedInputError(f"'{act.by}' is no person: say who decides, with --by NAME or KERUMUN_USER")
    if not key.isprintable() or max(len(key), len(act.by)) > LONGEST_NAME:
        raise RefusedInputError(f"{act.by!a:.150} is no name to sign with: it is too long, or part of it is invisible")
