"""Places for servers of a test's own: reachable for the account that runs them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


def new_place() -> Path:
    """A fresh folder with a space in its name."""
    place = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="loyalty-test-")) / "with space"
    place.parent.chmod(0o755)
    place.mkdir()
    return place


def remove(place: Path) -> None:
    """Remove a folder that `new_place` made."""
    shutil.rmtree(place.parent)
