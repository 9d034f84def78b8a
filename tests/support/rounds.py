"""Races and replays, as often and as long as `--rounds` says."""

from __future__ import annotations

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `rounds` is run so many times."""
    times = metafunc.config.getoption("--rounds")
    if metafunc.definition.get_closest_marker("rounds") and times > 1:
        metafunc.fixturenames.append("round_")
        told = range(1, times + 1)
        metafunc.parametrize("round_", told, ids=[f"round {number} of {times}" for number in told], indirect=True)


@pytest.fixture
def round_(request: pytest.FixtureRequest) -> int:
    """Which of them it is."""
    return int(request.param)


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How many there are."""
    return int(request.config.getoption("--rounds"))
