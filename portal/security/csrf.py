"""Whether a request that changes something comes from our own page."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from portal.options import PortalOptions
from portal.security.hosts import host_name

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "x-csrf-token"
OWN = frozenset({"same-origin", "none"})


def csrf_token_of(session_secret: str) -> str:
    """What the page sends back with all that changes something.

    It follows from the secret of the session, which no script can read, and gives nothing of it away.
    """
    return hmac.new(session_secret.encode("utf-8", "surrogatepass"), b"kerumun csrf", "sha256").hexdigest()


def has_csrf_token(headers: Mapping[str, str], session_secret: str) -> bool:
    """Whether a request carries the token of its session."""
    given = headers.get(HEADER, "").encode("latin-1", "replace")
    return hmac.compare_digest(given, csrf_token_of(session_secret).encode())


def is_from_own_page(headers: Mapping[str, str], options: PortalOptions) -> bool:
    """Whether a request comes from a page of this portal, as far as the browser tells.

    Every browser of the last years says where a request that changes something comes from; what says nothing is none.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in OWN:
        return False
    origin = headers.get("origin")
    return origin is None or _is_own_origin(origin, headers.get("host", ""), options)


def _is_own_origin(origin: str, host: str, options: PortalOptions) -> bool:
    if options.base_url is not None and origin == options.base_url:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if options.base_url is not None and host_name(host) == urlsplit(options.base_url).hostname:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()
