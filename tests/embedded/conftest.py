"""Places for servers of a test's own: reachable for the account that runs them, gone when the test is over."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.embedded import Postgres


def new_place() -> Path:
    place = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="loyalty-test-")) / "with space"
    place.parent.chmod(0o755)
    place.mkdir()
    return place


@pytest.fixture
def place() -> Iterator[Path]:
    made = new_place()
    yield made
    shutil.rmtree(made.parent)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A durable server that tests may kill; each leaves it running."""
    made = new_place()
    server = Postgres(made, durable=True, settings={"shared_buffers": "32MB"})
    server.start()
    yield server
    server.kill()
    shutil.rmtree(made.parent)
