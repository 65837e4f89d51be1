"""The schedules, kept alive against a Prefect server."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from prefect.deployments import run_deployment
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types.entrypoint import EntrypointType

from crowd.warnings.sending import Deliveries
from lake.errors import RefusedInputError
from pipelines.hourly import hourly
from pipelines.kept_reports import is_kept
from pipelines.options import RunOptions
from pipelines.reports import last_whole_week
from pipelines.warn import send_until
from pipelines.weekly import weekly_report, why_no_report

WEEKLY = "weekly-report"
START_S = 120.0
SENDER_REST_S = 10.0
SENDER_STOP_S = 90.0


def serve_schedules(
    options: RunOptions, *, cron: str, cron_timezone: str, port: int, say: Callable[[str], None]
) -> None:
    """Serve the hourly and the weekly flow until interrupted, and send what is approved the moment that it is.

    Uses the Prefect server at `PREFECT_API_URL` where that is set, else starts one of its own on this machine.

    Raises:
        RefusedInputError: the server does not come up, or the cron expression is none.
    """
    # A service manager's SIGTERM may come before Prefect listens for it; the server must not be left behind then.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    url = os.environ.get("PREFECT_API_URL")
    with suppress(KeyboardInterrupt), _sender(options, say=say):
        if url:
            _serve(options, cron=cron, cron_timezone=cron_timezone, url=url, say=say)
            return
        with _own_server(port) as own_url:
            _serve(options, cron=cron, cron_timezone=cron_timezone, url=own_url, say=say)


def _serve(options: RunOptions, *, cron: str, cron_timezone: str, url: str, say: Callable[[str], None]) -> None:
    schedule = _schedule(cron, cron_timezone, setting="schedule", example="5 * * * *")
    weekly = options.report.schedule
    weekly_schedule = weekly and _schedule(weekly, cron_timezone, setting="report.schedule", example="0 6 * * 1")
    with temporary_settings({PREFECT_API_URL: url}):
        say(f"The hourly flow runs at '{cron}' ({cron_timezone}); Prefect shows it at {url.removesuffix('/api')}")
        if weekly:
            say(f"The report of the week before is written at '{weekly}' ({cron_timezone})")
        # One of each flow: a report that takes minutes must not keep an hour waiting.
        runner = _Runner(name="kerumun", limit=2)
        runner.add_flow(
            hourly,
            name="hourly",
            description="Counts of the inbox to target cells, for the hour that has just ended.",
            schedule=schedule,
            parameters={"options": options.model_dump(mode="json")},
            concurrency_limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,  # found wherever the package is installed
        )
        if weekly_schedule:
            _add_weekly(runner, options, weekly_schedule, say=say)
        say("Stop with Ctrl-C.")
        with suppress(KeyboardInterrupt):
            asyncio.run(runner.start())


def _schedule(cron: str, timezone: str, *, setting: str, example: str) -> Schedule:
    try:
        return Cron(cron, timezone=timezone)
    except ValueError:
        raise RefusedInputError(f"{setting} '{cron}' is no cron expression: write it like '{example}'") from None


def _add_weekly(runner: Runner, options: RunOptions, schedule: Schedule, *, say: Callable[[str], None]) -> None:
    """Serve the weekly flow as well, and run it now if nothing ran when it was due."""
    runner.add_flow(
        weekly_report,
        name=WEEKLY,
        description="The mobility report of the week that has ended.",
        schedule=schedule,
        parameters={"options": options.model_dump(mode="json")},
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    now = datetime.now(UTC)
    week = last_whole_week(options, now=now)
    if why_no_report(options, week, now=now) is None and not is_kept(options.as_home(), week):
        say(f"The report of {week.label} was not written when it was due: it is written now")
        run_deployment(f"{weekly_report.name}/{WEEKLY}", timeout=0, as_subflow=False)


@contextmanager
def _sender(options: RunOptions, *, say: Callable[[str], None]) -> Iterator[None]:
    """Send warnings as they are approved, beside the flow: people do not wait for the next full hour."""
    stop = threading.Event()

    def tell(done: Deliveries) -> None:
        told = [f"{count} {outcome}" for outcome, count in sorted(done.outcomes.items())]
        say("Warnings: " + ", ".join([*told, *([f"{done.expired} expired"] if done.expired else [])]))

    def work() -> None:
        while not stop.is_set():
            try:
                send_until(options, stop=stop, tell=tell, until=None)
            except Exception as error:  # noqa: BLE001 - a sender that ended would be missed by nobody
                # A ledger that cannot be reached comes back; whatever was in hand then is asked after.
                said = str(error) if isinstance(error, RefusedInputError) else type(error).__name__
                say(f"Warnings wait: {said}")
                stop.wait(SENDER_REST_S)

    thread = threading.Thread(target=work, name="sender", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SENDER_STOP_S)


class _Runner(Runner):
    """Stops in order when a service manager says so: its flow runs first, as with Ctrl-C."""

    def handle_sigterm(self, *args: object, **kwargs: object) -> None:  # noqa: ARG002 - the signature is Prefect's
        """Treat SIGTERM as Ctrl-C; Prefect's own way leaves flow runs behind without a server."""
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _own_server(port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    # In a session of its own: a signal to all processes at once must not end it before those that still need it.
    server = subprocess.Popen(  # noqa: S603 - our own words
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(server, url)
        os.environ["PREFECT_API_URL"] = url
        yield url
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(server: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RefusedInputError(f"no Prefect server could be started at {url}: is the port taken? Try --port")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RefusedInputError(f"the Prefect server at {url} did not answer within {START_S:.0f} s")
