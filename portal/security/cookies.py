"""The cookies that the portal sets. None can be read by scripts, and none is sent from other sites' pages.

Under https their names begin with `__Host-`: browsers then take them from this very host alone, and over https alone.
Elsewhere they carry the port, since cookies of one machine are shared by all its ports.
"""

from typing import Literal

from fastapi import Response
from starlette.datastructures import Headers
from starlette.types import Scope

from portal.options import PortalOptions
from portal.security.sessions import BROWSER_KNOWN_FOR

Use = Literal["session", "browser", "oidc"]
OIDC_S = 600


def cookie_name(use: Use, options: PortalOptions) -> str:
    """What a cookie is called."""
    return f"__Host-kerumun-{use}" if is_https(options) else f"kerumun-{use}-{options.port}"


def is_https(options: PortalOptions) -> bool:
    """Whether people reach the portal over https."""
    return options.base_url is not None and options.base_url.startswith("https://")


def read_cookie(scope: Scope, use: Use, options: PortalOptions) -> str | None:
    """The value of a cookie; None where it did not come, or came more than once."""
    name = cookie_name(use, options)
    pairs = [part.strip().partition("=") for line in Headers(scope=scope).getlist("cookie") for part in line.split(";")]
    values = {value for key, _, value in pairs if key == name}
    return values.pop() if len(values) == 1 else None


def set_cookie(answer: Response, use: Use, value: str, options: PortalOptions) -> None:
    """Give a browser a cookie.

    A session's is `Strict`: the page itself needs none, and what the page asks for comes from the page. The one of a
    sign-in through a provider is `Lax`, for the way back from there is one from another site.
    """
    ages = {"session": int(options.session_h * 3600), "browser": int(BROWSER_KNOWN_FOR.total_seconds()), "oidc": OIDC_S}
    answer.set_cookie(
        cookie_name(use, options),
        value,
        max_age=ages[use],
        path="/",
        secure=is_https(options),
        httponly=True,
        samesite="lax" if use == "oidc" else "strict",
    )


def drop_cookie(answer: Response, use: Use, options: PortalOptions) -> None:
    """Take a cookie away."""
    answer.delete_cookie(
        cookie_name(use, options),
        path="/",
        secure=is_https(options),
        httponly=True,
        samesite="lax" if use == "oidc" else "strict",
    )
