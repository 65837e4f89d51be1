"""Errors as the portal tells them: one sentence, and a kind that the page can translate."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lake.errors import ChangedMeanwhileError, NotFoundError, RefusedInputError

KINDS = {400: "refused", 401: "not_signed_in", 403: "not_allowed", 404: "not_found", 409: "changed", 429: "too_many"}


def answer_errors(app: FastAPI) -> None:
    """Answer every error as `{"error": sentence, "kind": word}`."""

    @app.exception_handler(RefusedInputError)
    def _refused(_: Request, error: RefusedInputError) -> JSONResponse:
        status = 404 if isinstance(error, NotFoundError) else 409 if isinstance(error, ChangedMeanwhileError) else 400
        return answer_error(status, str(error))

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer_error(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return answer_error(422, f"'{where}': {first['msg']}")


def answer_error(status: int, said: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """One error, as every other is told."""
    return JSONResponse({"error": said, "kind": KINDS.get(status, "error")}, status, headers)
