"""`kerumun serve` as a service manager runs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from drafted_warnings import add_approved

from crowd.warnings.listing import show_warning
from lake.database import open_database
from lake.home import Home

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("prefect")]
PATIENCE_S = 400


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    home.root.mkdir()
    return home


@pytest.fixture
def service(home, tmp_path):
    """The service, started; ended at the end if it is not over."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {**os.environ, "HOME": str(tmp_path)}
    environment.pop("PREFECT_API_URL", None)
    words = ["serve", "--port", str(port), "--home", str(home.root)]
    running = subprocess.Popen(
        [sys.executable, "-m", "kerumun", *words],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield running
    if running.poll() is None:
        running.kill()
        running.wait(30)


def wait_for(what):
    end = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return found


def test_it_sends_a_warning_soon_after_its_approval_and_stops_in_order(home, service):
    with open_database(home.ledger_url) as database:
        with database.writing() as writing:
            name = add_approved(writing, at=datetime.now(UTC))
        laid = home.root / "outgoing" / "alun" / f"{name}.1.folder.alun.sha256"
        wait_for(laid.exists)

        def is_sent():
            with database.reading() as reading:
                return show_warning(reading, name).listed.state == "sent"

        wait_for(is_sent)
    for line in service.stdout:
        if "Stop with Ctrl-C" in line:
            break
    service.send_signal(signal.SIGTERM)
    said, _ = service.communicate(timeout=PATIENCE_S)
    assert service.returncode == 0, said
    assert "Traceback" not in said
