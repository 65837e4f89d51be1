"""Under which names the portal answers: other names that lead here are somebody's trick (DNS rebinding)."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.errors import answer_error
from portal.options import PortalOptions

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return None
    is_plain = not (parts.username or parts.path or parts.query or parts.fragment or "@" in host)
    return parts.hostname if is_plain and port_is_fine else None


def host_names(options: PortalOptions) -> frozenset[str]:
    """The names that the portal answers under."""
    own = {options.host.strip("[]").lower()}
    if options.base_url is not None:
        own.add(urlsplit(options.base_url).hostname or "")
    return LOCAL | own


class Hosts:
    """Refuses requests under other names, unless somebody before us has said already who asks."""

    def __init__(self, app: ASGIApp, *, options: PortalOptions) -> None:
        """Stand before an application."""
        self._app, self._names = app, host_names(options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "http" and "visitor" not in scope.get("state", {}):
            given = Headers(scope=scope).getlist("host")
            if len(given) != 1 or host_name(given[0]) not in self._names:
                said = "the portal has no such name: use the address that it was set up with (portal.base_url)"
                await answer_error(400, said)(scope, receive, send)
                return
        await self._app(scope, receive, send)
