import shutil

import pytest
from flow_isles import Isles

from lake.home import Home


@pytest.fixture(scope="session")
def make_isles(tmp_path_factory):
    """Make homes at will, each with its areas: copies of a model."""
    model = Isles(Home(tmp_path_factory.mktemp("model") / "home"))
    model.home.root.mkdir()
    model.areas()

    def make():
        root = tmp_path_factory.mktemp("isles") / "home"
        shutil.copytree(model.home.root, root)
        return Isles(Home(root))

    return make


@pytest.fixture
def isles(make_isles):
    return make_isles()
