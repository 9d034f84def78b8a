"""Elasticsearch's official distribution, fetched once by its Maven coordinate and unpacked into the cache.

This distribution is the whole server without most of its modules. From 8.18 on it needs `jdk.jlink`, which no Java wheel has.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from loyalty.embedded.failures import EmbeddedError
from loyalty.embedded.lock import locked
from loyalty.embedded.progress import step

GROUP, ARTIFACT, VERSION = "org.elasticsearch.distribution.integ-test-zip", "elasticsearch", "8.17.4"
SHA256 = "faecb0304693e4c195bdb67110de196fbdfed36192facbe4aa9349d09d18d218"
PATIENCE = 30
FETCH = """
import pathlib, sys
from jgo.maven import MavenContext
group, artifact, version, cache = sys.argv[1:]
context = MavenContext(repo_cache=pathlib.Path(cache))
print(context.project(group, artifact).at_version(version).artifact(packaging="zip").resolve())
"""


def installed(cache: Path) -> Path:
    """The folder of the unpacked server, fetched first when it is not there. Two starts at once fetch it once."""
    target = cache / f"{ARTIFACT}-{VERSION}"
    if target.exists():
        return target
    with locked(cache / "elasticsearch.lock", "… waiting for another start that fetches Elasticsearch"):
        if not target.exists():
            unpack(verified(maven_cache(cache)), target)
    return target


def maven_cache(cache: Path) -> Path:
    """Where Maven keeps what it fetched; a folder of our cache for an account without a home."""
    if asked := os.environ.get("M2_REPO"):
        return Path(asked)
    home = Path(os.environ.get("HOME") or "/nonexistent")
    return home / ".m2" / "repository" if os.access(home, os.W_OK) else cache / "maven"


def archive_in(repository: Path) -> Path:
    """The place of the archive in a Maven repository."""
    return repository / GROUP.replace(".", "/") / ARTIFACT / VERSION / f"{ARTIFACT}-{VERSION}.zip"


def verified(repository: Path) -> Path:
    """The archive, known by its checksum; one that an interrupted download left is fetched again."""
    archive = archive_in(repository)
    for _ in range(2):
        if not archive.exists():
            with step("fetch Elasticsearch (92 MB, once)"):
                fetch(repository, archive)
        if checksum(archive) == SHA256:
            return archive
        archive.unlink()
    raise EmbeddedError(f"the archive of Elasticsearch {VERSION} does not have the expected checksum")


def checksum(archive: Path) -> str:
    """SHA-256 of a file."""
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(repository: Path, archive: Path) -> None:
    """Have `jgo` fetch the archive; given up when nothing arrives for a while."""
    repository.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", FETCH, GROUP, ARTIFACT, VERSION, str(repository)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as loading:
        try:
            stalled = not arrives(loading, archive)
        finally:
            loading.kill()
        said = (loading.stdout.read() if loading.stdout else "").strip().splitlines()
    if stalled or loading.returncode or not archive.exists():
        reason = f"nothing arrived for {PATIENCE} s" if stalled else (said[-1].split("(")[0] if said else "no answer")
        raise EmbeddedError(f"its archive cannot be fetched ({reason[:200]})")


def arrives(loading: subprocess.Popen[str], archive: Path) -> bool:
    """Wait for the download to end; False as soon as it stands still."""
    size, moved = -1, time.monotonic()
    while loading.poll() is None:
        now = archive.stat().st_size if archive.exists() else -1
        if now != size:
            size, moved = now, time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            return False
        time.sleep(0.2)
    return True


def unpack(archive: Path, target: Path) -> None:
    """Unpack beside the target and move it there whole."""
    with step("unpack Elasticsearch"):
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix="unpacking-"))
        try:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(draft)
            subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
            (draft / target.name).rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
