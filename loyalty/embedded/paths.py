"""Where the embedded servers keep their state and what they may fetch again."""

import os
import shutil
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from loyalty.embedded.account import Account
from loyalty.embedded.failures import EmbeddedError

SHARED = Path("/var/tmp")  # noqa: S108 - folders in it are taken only when they are ours
CHECKOUT = Path(__file__).resolve().parents[2]
NEEDED_SPACE = 512 * 1024 * 1024


def home_folder(account: Account, environ: Mapping[str, str], home: Path | str | None = None) -> Path:
    """The folder of the servers' state: asked for, `EMBEDDED_HOME`, or `.local` of the checkout.

    Root keeps it elsewhere when the account of the servers cannot reach it there, for example below a home
    folder closed to others; the rights of that folder stay as they are.
    """
    wanted = Path(home or environ.get("EMBEDDED_HOME") or CHECKOUT / ".local").expanduser().resolve()
    make_folder(wanted)
    if not account.reaches(wanted):
        wanted = SHARED / f"loyalty-{zlib.crc32(str(wanted).encode()):08x}"
        make_folder(wanted)
    if wanted.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"The folder {wanted} belongs to another user: set EMBEDDED_HOME to a folder of your own.")
    if shutil.disk_usage(wanted).free < NEEDED_SPACE:
        raise EmbeddedError(f"The disk that holds {wanted} has less than 512 MB left: free some, or set EMBEDDED_HOME to another disk.")
    return wanted


def make_folder(place: Path) -> None:
    """Make a folder that others may pass through; what is secret in it has rights of its own."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        if place.stat().st_uid == os.geteuid():
            place.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(f"The folder {place} cannot be made ({error.strerror}): set EMBEDDED_HOME to a folder of your own.") from error


def cache_folder(account: Account, environ: Mapping[str, str]) -> Path:
    """The folder for what can be fetched or copied again, shared by all checkouts of one user."""
    if asked := environ.get("EMBEDDED_CACHE"):
        candidates = [Path(asked).expanduser().resolve()]
    elif account.drops:
        candidates = [Path("/var/cache/loyalty"), SHARED / "loyalty-cache-0"]
    else:
        base = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or "/nonexistent") / ".cache"
        candidates = [Path(base) / "loyalty", SHARED / f"loyalty-cache-{os.geteuid()}"]
    for place in candidates:
        try:
            make_folder(place)
        except EmbeddedError:
            continue
        if place.stat().st_uid == os.geteuid() and os.access(place, os.W_OK) and account.reaches(place):
            return place
    raise EmbeddedError(f"No folder for the cache could be made at {candidates[0]}: set EMBEDDED_CACHE to one of your own.")


def write_private(place: Path, text: str) -> None:
    """Replace a file by one that only we can read; a crash leaves the old or the new one, never half."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
