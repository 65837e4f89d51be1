"""What every answer tells the browser to do and not to do, errors included."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import answer_error
from portal.options import PortalOptions
from portal.security.cookies import is_https

POLICY: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "worker-src": ("'self'", "blob:"),
    "manifest-src": ("'self'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}
FROM_ELSEWHERE = ("connect-src", "img-src")  # what a map style of another server brings
NOT_USED = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi", "display-capture")
YEAR_S = 365 * 24 * 3600


def content_policy(options: PortalOptions) -> str:
    """The Content-Security-Policy: everything from here, nothing inline, no frames."""
    elsewhere = _style_origin(options.basemap)
    rules = {name: (*sources, *elsewhere) if name in FROM_ELSEWHERE else sources for name, sources in POLICY.items()}
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def headers_of(options: PortalOptions) -> dict[str, str]:
    """The headers of every answer."""
    headers = {
        "Content-Security-Policy": content_policy(options),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in NOT_USED),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_https(options):
        headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    return headers


class Headers:
    """Adds the headers, and answers what nobody else answered: an error within is told to nobody but the log."""

    def __init__(self, app: ASGIApp, *, options: PortalOptions) -> None:
        """Stand before an application."""
        self._app, self._headers = app, headers_of(options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_private, has_begun = scope["path"].startswith("/api"), False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if is_private:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if not has_begun:
                await answer_error(500, "something went wrong here: the log of the portal says what")(
                    scope, receive, sending
                )
            raise


def _style_origin(basemap: str | None) -> tuple[str, ...]:
    parts = urlsplit(basemap or "")
    return (f"{parts.scheme}://{parts.netloc}",) if parts.scheme in {"http", "https"} else ()
