"""Visits to the portal as somebody who is signed in already."""

from portal.access import Visitor


def as_visitor(app, *, role="approver", login="rara", name="Rara", scopes=None):
    """The application as one visitor meets it, whatever the way of signing in."""
    visitor = Visitor(login=login, name=name, role=role, scopes=None if scopes is None else frozenset(scopes))

    async def visited(scope, receive, send):
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = visitor
        await app(scope, receive, send)

    return visited
