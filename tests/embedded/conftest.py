"""Servers and folders of a test's own, gone when the test is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.embedded import Postgres
from tests.embedded.places import new_place, remove


@pytest.fixture
def place() -> Iterator[Path]:
    made = new_place()
    yield made
    remove(made)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A durable server that tests may kill; each leaves it running."""
    made = new_place()
    server = Postgres(made, durable=True, settings={"shared_buffers": "32MB"})
    server.start()
    yield server
    server.kill()
    remove(made)
