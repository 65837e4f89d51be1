"""`kerumun portal`: the review map in the browser."""

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from kerumun.commands.telling import tell_mode
from kerumun.parameters import DEFAULT_HOME, HomeOption, Session, open_session
from pipelines.warn import check_warnings

PortOption = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port of the review map; that of kerumun.toml if not given.")
]


def portal_command(
    port: PortOption = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Serve the review map until stopped with Ctrl-C."""
    session = open_session(home, as_json=False)
    session.options.check()
    check_warnings(session.options)
    tell_mode(session)
    if not session.home.lake.exists():
        session.printer.say(f"{session.home.root} holds nothing yet: if it should, check --home")
    serve_portal(session, port=port, open_page=open_page)


def serve_portal(session: Session, *, port: int | None, open_page: bool) -> None:
    """Serve the review map of a home until stopped."""
    from portal.serve import wait_until_stopped  # noqa: PLC0415 - a web server takes a second to import

    with review_map(session, port=port) as address:
        session.printer.say(
            "It shows and decides; what is approved goes out by 'kerumun serve' or 'kerumun warnings send'."
        )
        session.printer.say("Stop with Ctrl-C.")
        if open_page and not webbrowser.open(address):
            session.printer.say("No browser was found here: open the address above")
        wait_until_stopped()


@contextmanager
def review_map(session: Session, *, port: int | None) -> Iterator[str]:
    """The review map of a home, served as long as the block; gives the address to open."""
    from portal.serve import portal_running  # noqa: PLC0415 - see serve_portal

    options = session.settings.portal.model_copy(update={} if port is None else {"port": port})
    with portal_running(session.options, options, say=session.printer.say) as address:
        yield address
