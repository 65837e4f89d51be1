"""Secrets that the portal hands out: of sessions, links, tokens and browsers. The ledger keeps their hashes alone."""

from hashlib import sha256
from secrets import token_urlsafe

BYTES = 32  # 256 bits: nobody guesses one, so a plain hash is enough, without salt or slowness


def new_secret() -> str:
    """A new secret of 43 characters that may stand in an address or a cookie."""
    return token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """What of a secret may be stored: its SHA-256 in hex."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
