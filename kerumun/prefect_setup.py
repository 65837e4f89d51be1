"""Prefect made quiet and local, before it is imported."""

import os

from lake.home import Home

DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_COLORS": "false",
}


def quiet_prefect(home: Home) -> None:
    """Keep Prefect's files in the home, its reports to itself and its chatter low; what is set already stays."""
    for name, value in {"PREFECT_HOME": str(home.prefect), **DEFAULTS}.items():
        os.environ.setdefault(name, value)
    home.prefect.mkdir(parents=True, exist_ok=True)
