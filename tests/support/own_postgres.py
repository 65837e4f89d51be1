"""A PostgreSQL server of the tests' own, with a new database for whoever asks."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

START_S = 60


def find_programs():
    """Folder of initdb and postgres; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


@contextmanager
def own_postgres():
    """Start a server on a free port of this machine; gives a function that makes databases and gives their URLs."""
    programs = find_programs()
    with tempfile.TemporaryDirectory(prefix="kerumun-pg-") as folder:
        place = Path(folder)
        # PostgreSQL refuses to run as root.
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(place, "postgres")
        place.chmod(0o755)
        data = place / "data"
        subprocess.run(
            [*user, programs / "initdb", "-D", data, "-U", "kerumun", "--auth=trust", "--no-sync"],
            check=True,
            capture_output=True,
        )
        port = _free_port()
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", f"unix_socket_directories={place}"]
        server = subprocess.Popen(
            [*user, programs / "postgres", "-D", data, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port)
            yield lambda: _new_database(port)
        finally:
            server.terminate()
            server.wait(30)


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _connect(port):
    return psycopg.connect(host="127.0.0.1", port=port, user="kerumun", dbname="postgres", autocommit=True)


def _wait_for(port):
    end = time.monotonic() + START_S
    while True:
        try:
            _connect(port).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def _new_database(port):
    name = f"ledger_{uuid4().hex[:12]}"
    with _connect(port) as connection:
        connection.execute(f"create database {name}")
    return f"postgresql://kerumun@127.0.0.1:{port}/{name}"
