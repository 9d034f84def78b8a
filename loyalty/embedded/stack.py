"""All three servers together: which are ours to start, who uses them, and the environment their users need."""

import base64
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from loyalty.embedded.account import current
from loyalty.embedded.elasticsearch import Elasticsearch
from loyalty.embedded.failures import EmbeddedError
from loyalty.embedded.lock import locked
from loyalty.embedded.notes import Notes
from loyalty.embedded.paths import home_folder
from loyalty.embedded.postgres import OWNER, PROJECTOR, Postgres
from loyalty.embedded.process import alive, identity
from loyalty.embedded.progress import say, step
from loyalty.embedded.valkey import Valkey

SERVICES = ("postgres", "valkey", "elasticsearch")
ADDRESS = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL", "elasticsearch": "ELASTICSEARCH_URL"}
DATABASE_ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PROJECTOR_URL")


class Embedded:
    """The servers of one folder.

        services = Embedded()
        environment = services.up()
        …
        services.down()

    A service whose address stands in `environ` is used as it is and never started or stopped. Several processes may
    use the servers of one folder: they stop with the last user, unless somebody pinned them (`up(pinned=True)`).
    """

    def __init__(self, home: Path | str | None = None, durable: bool = False, environ: Mapping[str, str] | None = None) -> None:
        self.environ = os.environ if environ is None else environ
        self.account = current()
        self.home = home_folder(self.account, self.environ, home)
        self.postgres = Postgres(self.home, durable=durable, account=self.account)
        self.valkey = Valkey(self.home, durable=durable, account=self.account)
        self.elasticsearch = Elasticsearch(self.home, account=self.account)

    def up(self, want: Iterable[str] = SERVICES, *, pinned: bool = False) -> dict[str, str]:
        """Start what is wanted and not there yet; returns the environment for those who use it."""
        self._check_addresses()
        with self._users() as users:
            users.add(pinned)
            mine = [name for name in want if not self.environ.get(ADDRESS[name])]
            with ThreadPoolExecutor(len(SERVICES)) as pool:
                for started in [pool.submit(self._start, name) for name in mine]:
                    started.result()
        return self.environment()

    def down(self, *, force: bool = False) -> None:
        """No longer use the servers; the last user stops them. `force` stops them whoever uses them."""
        with self._users() as users:
            users.remove(force)
            if users.none():
                with step("stop the servers", after=10), ThreadPoolExecutor(len(SERVICES)) as pool:
                    list(pool.map(lambda service: service.stop(), self._services().values()))

    def remove(self) -> None:
        """Stop the servers and remove all that they and the platform keep in this folder."""
        self.down(force=True)
        shutil.rmtree(self.home)

    def running(self) -> dict[str, bool]:
        """Which of our own servers run."""
        return {name: service.running() for name, service in self._services().items()}

    def environment(self) -> dict[str, str]:
        """What a process of the platform needs to find in its environment; what stands there already is kept."""
        given = self._addresses() | self._secrets() | {"LOYALTY_MODE": "demo", "LOYALTY_PHOTO_FOLDER": str(self.home / "photos")}
        return given | {name: self.environ[name] for name in given if self.environ.get(name)} | self._external()

    def _services(self) -> dict[str, Postgres | Valkey | Elasticsearch]:
        return {"postgres": self.postgres, "valkey": self.valkey, "elasticsearch": self.elasticsearch}

    def _addresses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.postgres.running():
            roles = zip(DATABASE_ADDRESSES, ("loyalty_app", OWNER, PROJECTOR), strict=True)
            found |= {name: self.postgres.url(role) for name, role in roles}
        if self.valkey.running():
            found["REDIS_URL"] = self.valkey.url()
        if self.elasticsearch.running():
            found["ELASTICSEARCH_URL"] = self.elasticsearch.url()
        return found

    def _external(self) -> dict[str, str]:
        names = (*DATABASE_ADDRESSES, "REDIS_URL", "ELASTICSEARCH_URL")
        return {name: self.environ[name] for name in names if self.environ.get(name)}

    def _secrets(self) -> dict[str, str]:
        """Secrets of this folder, drawn once."""
        notes = Notes(self.home / "secrets.json")
        if not notes:
            notes["SECRET_KEY"] = secrets.token_urlsafe(48)
            for name in ("LOYALTY_MASTER_KEYS", "LOYALTY_LOOKUP_KEYS"):
                notes[name] = "1:" + base64.b64encode(secrets.token_bytes(32)).decode()
            notes.save()
        return dict(notes)

    def _check_addresses(self) -> None:
        given = [name for name in DATABASE_ADDRESSES if self.environ.get(name)]
        if given and len(given) < len(DATABASE_ADDRESSES):
            missing = ", ".join(name for name in DATABASE_ADDRESSES if name not in given)
            raise EmbeddedError(f"{given[0]} is set, so {missing} must be set too: each role has an address of its own.")

    def _start(self, name: str) -> None:
        if name == "elasticsearch":
            self._start_elasticsearch()
            return
        if name == "postgres" and self.postgres.durable and self.postgres.running() and not self.postgres.notes.get("durable"):
            self.postgres.stop()
        with step(f"start {self._services()[name].name}"):
            self._services()[name].start()

    def _start_elasticsearch(self) -> None:
        """Search goes on without it, so its absence is told and is no failure."""
        if self.environ.get("EMBEDDED_ELASTICSEARCH", "").lower() in ("off", "no", "0", "false"):
            say("Elasticsearch is switched off (EMBEDDED_ELASTICSEARCH): PostgreSQL answers searches.")
            return
        try:
            with step("start Elasticsearch"):
                self.elasticsearch.start()
        except (EmbeddedError, OSError) as reason:
            first, *more = str(reason).splitlines()
            told = f"it did not start, {self.elasticsearch.log} tells why." if more else first
            say(f"No Elasticsearch, PostgreSQL answers searches: {told}")

    def _users(self) -> "Users":
        return Users(self.home)


class Users:
    """The processes that use the servers of a folder, held under its lock."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = locked(home / "lock", "… waiting for another start or stop of the servers")

    def __enter__(self) -> "Users":
        self._lock.__enter__()
        self.notes = Notes(self.home / "users.json")
        self.notes["users"] = [user for user in self.notes.get("users", []) if alive(user)]
        return self

    def __exit__(self, *failure: Any) -> None:
        try:
            self.notes.save()
        finally:
            self._lock.__exit__(*failure)

    def add(self, pinned: bool) -> None:
        """Count this process among the users, or keep the servers up until somebody stops them."""
        me = identity(os.getpid())
        if pinned:
            self.notes["pinned"] = True
        elif me not in self.notes["users"]:
            self.notes["users"].append(me)

    def remove(self, force: bool) -> None:
        """This process is no user any more; by force, nobody is."""
        me = identity(os.getpid())
        self.notes["users"] = [] if force else [user for user in self.notes["users"] if user != me]
        if force:
            self.notes["pinned"] = False

    def none(self) -> bool:
        """Whether nobody uses the servers."""
        return not self.notes["users"] and not self.notes.get("pinned")
