import os
import subprocess
import sys

import pytest


@pytest.fixture
def kerumun(tmp_path):
    """Run the command as a user does: a process of its own, in a folder of its own."""

    def run(*words, home=tmp_path / "home", check=True, **environment):
        environment = {**os.environ, "HOME": str(tmp_path), **environment}
        environment.pop("PREFECT_API_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "kerumun", *map(str, words), "--home", str(home)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    return run
