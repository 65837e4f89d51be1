"""Runs of flows in processes of their own: how they end, and what they say at the end."""

import atexit
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from prefect import get_run_logger
from prefect.runtime import deployment
from prefect.states import Failed

from lake.errors import RefusedInputError

P = ParamSpec("P")
R = TypeVar("R")


def ending_plainly(flow: Callable[P, R]) -> Callable[P, R]:
    """Make a refused input end a run as failed with its one sentence, and no trace that buries it.

    Whoever calls the flow directly gets the error as ever.
    """

    @wraps(flow)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if deployment.id:
            atexit.register(_be_silent)
        try:
            return flow(*args, **kwargs)
        except RefusedInputError as error:
            if deployment.id:
                get_run_logger().error(str(error))
            # Prefect takes a state for the outcome of the run, and hands on the error in it.
            return cast("R", Failed(message=str(error), data=error))

    return run


def _be_silent() -> None:
    """Say nothing any more: all is done, and DuckDB would tell what Prefect's threads still hold as its leaks."""
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
