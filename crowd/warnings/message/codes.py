"""Short codes by which people check on the official page that a message is real."""

import secrets

# Nothing that reads like something else (no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V), and no vowels, so that no word comes out.
ALPHABET = "34679CDFGHJKMNPQRTWXY"
LENGTH = 6


def new_code() -> str:
    """A code that nobody can guess: one of 85 million, from the system's source of secrets."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise_code(text: str) -> str:
    """A code as people type it, brought to the way it was issued: capitals, without blanks, dashes and dots.

    Letters that no code has are kept, so that a mistyped code is found to be unknown and not taken for another.
    """
    return "".join(character for character in text.upper() if character.isalnum())
