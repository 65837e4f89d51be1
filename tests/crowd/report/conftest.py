import pytest
from made_week import made_outlines, made_week


@pytest.fixture(scope="module")
def week():
    return made_week()


@pytest.fixture(scope="module")
def outlines():
    return made_outlines()
