"""Passwords: which are good enough, and whether one is right."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crowd.warnings.people import person_key
from lake.errors import RefusedInputError
from portal.security.rates import TooManyError
from portal.security.tickets import new_secret

SHORTEST = 12  # characters
LONGEST_BYTES = 1024
AT_ONCE = 2  # each takes 64 MiB and four threads for a tenth of a second
PATIENCE_S = 5
COMMON = frozenset(files("portal.security").joinpath("common_passwords.txt").read_text(encoding="utf-8").split())


def check_password(password: str, *, login: str, name: str) -> None:
    """Refuse a password that is easy to guess.

    Raises:
        RefusedInputError: it is too short, too long, the person's own name, or one that everybody tries first.
    """
    if len(password) < SHORTEST:
        raise RefusedInputError(f"a password has at least {SHORTEST} characters: a few words in a row make a good one")
    if len(_bytes(password)) > LONGEST_BYTES:
        raise RefusedInputError(f"a password has at most {LONGEST_BYTES:,} bytes: choose a shorter one")
    plain = person_key(password)
    own = {person_key(login), person_key(name), person_key(name).replace(" ", "")}
    if plain in own or plain in COMMON or len(set(plain)) < 4:  # noqa: PLR2004 - 'aaaaaaaaaaab' and the like
        raise RefusedInputError("that password is among the first that others would try: choose another")


class Passwords:
    """Hashes passwords with Argon2id, a few at a time so that many attempts do not take all memory.

    The parameters are those of argon2-cffi, which follow RFC 9106.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Choose the parameters."""
        self._hasher = hasher or PasswordHasher()
        self._gate = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobodys(self) -> str:
        """A hash that is looked at for logins that nobody has."""
        return self._hasher.hash(new_secret())

    def hash(self, password: str) -> str:
        """What of a password is stored."""
        with self._turn():
            return self._hasher.hash(_bytes(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether a password is the stored one. It takes as long where there is none, so that time tells nothing."""
        given = _bytes(password)
        if len(given) > LONGEST_BYTES:
            given = b""
        with self._turn():
            try:
                self._hasher.verify(stored or self._nobodys, given)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._gate.acquire(timeout=PATIENCE_S):
            raise TooManyError(PATIENCE_S)
        try:
            yield
        finally:
            self._gate.release()


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
