"""One at a time, across processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loyalty.embedded.progress import say


@contextmanager
def locked(place: Path, waiting: str = "") -> Iterator[None]:
    """Hold a lock on a file; it is given back when the process ends, however it ends."""
    with place.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
