"""Errors as the portal tells them: one sentence, and a kind that the page can translate."""

import logging

import duckdb
import pyarrow as pa
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from lake.errors import ChangedMeanwhileError, NotFoundError, RefusedInputError
from portal.invalid import told_invalid

KINDS = {400: "refused", 401: "not_signed_in", 403: "not_allowed", 404: "not_found", 409: "changed", 429: "too_many"}
COME_AGAIN_S = 10
_log = logging.getLogger(__name__)


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
        return answer_error(422, told_invalid(error.errors()[0]))

    @app.exception_handler(duckdb.Error)
    @app.exception_handler(pa.ArrowException)
    def _unreadable(_: Request, error: Exception) -> JSONResponse:
        return _come_again("the lake cannot be read at this moment", error)

    @app.exception_handler(OperationalError)
    def _out_of_reach(_: Request, error: Exception) -> JSONResponse:
        return _come_again("the ledger cannot be reached at this moment", error)


def answer_error(status: int, said: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """One error, as every other is told."""
    return JSONResponse({"error": said, "kind": KINDS.get(status, "error")}, status, headers)


def _come_again(said: str, error: Exception) -> JSONResponse:
    """For what passes, or what an operator has to mend: a file that is none, a database that does not answer."""
    _log.error("%s", said, exc_info=error)
    return answer_error(503, f"{said}: try again, or ask who runs the portal", {"Retry-After": str(COME_AGAIN_S)})
