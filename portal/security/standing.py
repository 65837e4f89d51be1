"""Whether somebody may still decide at the moment at which the decision is written."""

from fastapi import HTTPException, Request
from sqlalchemy.orm import Session

from portal.security.tables import SessionRow
from portal.security.tickets import digest


def must_still_stand(writing: Session, request: Request) -> None:
    """Refuse who was signed out since the request came: shut out, given another role, or signed out by themselves.

    What goes before a decision can take seconds, and a request may have waited for its turn.

    Args:
        writing: the transaction in which it is decided.
        request: of whoever decides; one that came without a session is not looked at.

    Raises:
        HTTPException: 401, the session is over.
    """
    secret: str | None = getattr(request.state, "session_secret", None)
    if secret is not None and writing.get(SessionRow, digest(secret)) is None:
        raise HTTPException(401, "your session ended meanwhile, nothing was decided: sign in again")
