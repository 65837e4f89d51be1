import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOSED_DOOR = Path(__file__).parent / "closed_door"


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory):
    """The home that `make demo` makes, made once."""
    home = tmp_path_factory.mktemp("sample") / "home"
    words = [sys.executable, "-m", "kerumun", "demo", "--home", str(home)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False, env=_without_prefect())
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "demo"


@pytest.fixture
def jupyter_place(sample_home, tmp_path):
    """Environment of a Jupyter that keeps everything below a folder of its own and finds the sample."""
    own = {
        name: str(tmp_path / name.lower())
        for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    path = os.pathsep.join([str(CLOSED_DOOR), str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**_without_prefect(), **own, "KERUMUN_HOME": str(sample_home), "PYTHONPATH": path}


def _without_prefect():
    return {name: value for name, value in os.environ.items() if name not in {"PREFECT_API_URL", "KERUMUN_HOME"}}
