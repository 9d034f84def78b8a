"""What goes wrong when a server is started, said in one sentence a person can act on."""

from pathlib import Path

REASONS = (
    ("No space left on device", "the disk that holds {home} is full; free some space or set EMBEDDED_HOME to a folder on another disk"),
    ("Address already in use", "its port was taken by another program at that moment; try again"),
    ("could not create shared memory", "the system gives it too little shared memory; close other programs and try again"),
    ("Cannot allocate memory", "there is too little free memory; close other programs and try again"),
    ("insufficient memory", "there is too little free memory; close other programs and try again"),
    ("Permission denied", "it may not read or write in {home}; remove that folder or set EMBEDDED_HOME to one that is yours"),
)


class EmbeddedError(Exception):
    """A service could not be started or stopped; the message is meant for the person at the keyboard."""


class NoProviderError(EmbeddedError):
    """No address, no wheel and no system binary of a service is there."""


def explain(name: str, home: Path, output: str) -> EmbeddedError:
    """The sentence for what a failed server wrote; its own words follow when the reason is not a known one."""
    for sign, reason in REASONS:
        if sign in output:
            return EmbeddedError(f"{name} did not start: {reason.format(home=home)}.")
    return EmbeddedError(f"{name} did not start. Its last words:\n{output.strip()[-2000:]}")


def tail(log: Path, size: int = 4000) -> str:
    """The end of a log file, or nothing when there is none."""
    try:
        return log.read_text(errors="replace")[-size:]
    except OSError:
        return ""
