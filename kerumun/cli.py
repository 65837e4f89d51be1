"""The command line."""

import atexit
import json
import os
import sys
from typing import NoReturn

import typer

from kerumun import __version__
from kerumun.commands import (
    accounts,
    auditing,
    demonstrating,
    exporting,
    flowing,
    loading,
    outbox,
    placing,
    proposing,
    reporting,
    reviewing,
    running,
    warning,
)
from lake.errors import RefusedInputError

app = typer.Typer(
    name="kerumun",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Crowd analytics from mobile networks: counts per cell to people per hexagon, gatherings and cells to warn.",
)
app.command("demo")(demonstrating.demo_command)
app.command("simulate")(demonstrating.simulate_command)
app.add_typer(loading.cells, name="cells")
app.add_typer(loading.areas, name="areas")
app.add_typer(loading.counts, name="counts")
app.add_typer(flowing.flows, name="flows")
app.add_typer(placing.prior, name="prior")
app.add_typer(placing.people, name="people")
app.add_typer(running.footprints, name="footprints")
app.command("run")(running.run_command)
app.add_typer(exporting.density, name="density")
app.add_typer(exporting.gatherings, name="gatherings")
app.add_typer(exporting.targets, name="targets")
app.add_typer(warning.warnings, name="warnings")
warning.warnings.add_typer(proposing.proposing)
warning.warnings.add_typer(outbox.outbox)
warning.warnings.add_typer(auditing.auditing)
app.add_typer(reporting.report, name="report")
app.command("serve")(running.serve_command)
app.command("portal")(reviewing.portal_command)
app.add_typer(accounts.accounts, name="accounts")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"kerumun {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run a command; a refused input is one sentence and exit code 1."""
    try:
        app()
    except RefusedInputError as error:
        if "--json" in sys.argv:
            sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
        else:
            sys.stderr.write(f"kerumun: {error}\n")
        _leave(1)
    except SystemExit as leaving:
        _leave(leaving.code)
    _leave(0)


def _leave(code: str | int | None) -> NoReturn:
    """Exit; after a flow without waiting for Prefect's threads, from which DuckDB reports leaks on the terminal."""
    if "prefect" in sys.modules:
        atexit._run_exitfuncs()  # noqa: SLF001 - stops Prefect's temporary server
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)
    sys.exit(code)
