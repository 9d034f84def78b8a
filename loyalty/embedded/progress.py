"""Lines that tell a person what takes its time."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """One line to the person at the terminal; the standard output stays free for what programs read."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def step(what: str, after: float = 1.0) -> Iterator[None]:
    """Say what goes on when it takes longer than a second, and how long it took in the end."""
    begun = time.perf_counter()
    timer = threading.Timer(after, say, (f"… {what}",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:  # what failed says so itself
        timer.cancel()
    if (took := time.perf_counter() - begun) > after:
        say(f"✓ {what} ({took:.1f} s)")
