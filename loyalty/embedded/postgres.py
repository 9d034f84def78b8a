"""A PostgreSQL 18 server of our own, on the loopback address, under an account that is not root."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from loyalty.embedded.account import Account, clean_environment, current, reachable_copy
from loyalty.embedded.failures import EmbeddedError, explain, tail
from loyalty.embedded.notes import Notes
from loyalty.embedded.paths import cache_folder, home_folder
from loyalty.embedded.process import began, children, choose_port, command_line, frees_up, wait_until
from loyalty.embedded.providers import POSTGRES_MAJOR, find_postgres

DATABASE = "loyalty"
SUPERUSER, OWNER, APP, PROJECTOR = "postgres", "loyalty_owner", "loyalty_app", "loyalty_projector"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "max_connections": "300",
    "max_wal_size": "2GB",
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SQL = Path(__file__).parent


class Postgres:
    """One server in one folder.

    `durable=False` trades the safety of data in a power cut for speed; a server that a test kills is durable.
    `port` fixes the port, else a free one is chosen once and kept while it stays free. `settings` overrides parameters.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = False,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        account: Account | None = None,
    ) -> None:
        self.account = account or current()
        self.folder = home_folder(self.account, {}, home) / "postgres"
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.data, self.log = self.folder / "pgdata", self.folder / "server.log"
        self.durable, self.fixed_port, self.settings = durable, port, dict(settings or {})
        self.notes = Notes(self.folder / "state.json")
        self._found: Path | None = None

    # What others ask

    @property
    def port(self) -> int:
        """The port it listens on, or last did."""
        return int(self.notes["port"])

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The address for a role, with its password."""
        return f"postgresql://{role}:{self.notes['passwords'][role]}@127.0.0.1:{self.port}/{database}"

    def pid(self) -> int | None:
        """The pid of our running server; None when its pid file is stale or names a process that is another's."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None
        ours = began(pid) is not None and str(self.data) in command_line(pid)
        return pid if ours else None

    def running(self) -> bool:
        """Whether the server runs, whoever started it."""
        self.notes.refresh()
        return self.pid() is not None

    # What others order

    def start(self) -> None:
        """Bring the server up with its database, roles and extensions; does nothing when it runs already."""
        if self.running():
            return
        self._create()
        self._launch(self.fixed_port or choose_port(self.notes.get("port")))
        if not self.notes.get("ready"):
            self._bootstrap()

    def restart(self) -> None:
        """Stop when it runs, then start on the port it had."""
        self.stop()
        if not frees_up(self.port):
            raise EmbeddedError(f"{self.name} cannot come back: another program took its port {self.port}.")
        self._launch(self.port)

    def stop(self) -> None:
        """Stop the server; connections of clients are closed, no data is lost."""
        if self.running():
            self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-m", "fast", "stop")

    def kill(self) -> None:
        """End the server and all its processes by SIGKILL, as a crash would."""
        if (pid := self.pid()) is None:
            return
        family = [pid, *children(pid)]
        for member in family:
            try:
                os.kill(member, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until(lambda: all(began(member) is None for member in family), 10)

    # How it is done

    def _bin(self) -> Path:
        if self._found is None:
            found = find_postgres()
            self._found = reachable_copy(self.account, found, found.place.parent, cache_folder(self.account, os.environ)) / "bin"
        return self._found

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self._try(program, *arguments)
        if done.returncode:
            raise explain(self.name, self.folder, done.stderr + done.stdout + tail(self.log, 2000))
        return done

    def _try(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._bin() / program), *arguments],
            check=False,
            env=clean_environment(os.environ, "PG") | {"LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self.account.popen(),
        )

    def _create(self) -> None:
        """Create the cluster beside its place and move it there whole, so that a half-made one is never taken for one."""
        if (self.data / "PG_VERSION").exists():
            self._check_existing()
            return
        fresh = self.folder / "pgdata.new"
        for leftover in (fresh, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        self.notes.clear()
        self.notes["passwords"] = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP, PROJECTOR)}
        self.notes.save()
        self.account.folder(fresh)
        self._initdb(fresh)
        fresh.rename(self.data)

    def _check_existing(self) -> None:
        major = (self.data / "PG_VERSION").read_text().strip()
        if major != str(POSTGRES_MAJOR):
            raise EmbeddedError(f"{self.data} was made by PostgreSQL {major}, not {POSTGRES_MAJOR}: remove {self.folder} to begin again.")
        if "passwords" not in self.notes:
            raise EmbeddedError(f"The passwords of the databases in {self.folder} are gone: put state.json back or remove the folder.")

    def _initdb(self, fresh: Path) -> None:
        # The built-in C.UTF-8 gives the same lower() and upper() and the same order on every machine.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8")
        with tempfile.NamedTemporaryFile("w", dir="/tmp", suffix=".pw") as file:
            file.write(self.notes["passwords"][SUPERUSER])
            file.flush()
            self.account.own(Path(file.name))
            self._run("initdb", "-D", str(fresh), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={file.name}", "--no-sync", *locale)

    def _launch(self, port: int) -> None:
        """Start the server; waits for processes of a killed one, and takes another port when this one was just lost."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # `running` has shown that it is stale
        for attempt in range(30):
            said = self._attempt(port)
            if said is None:
                self.notes |= {"port": port, "durable": self.durable}
                self.notes.save()
                return
            if "pre-existing shared memory" in said or "is still in use" in said:
                time.sleep(0.5)
            elif "Address already in use" in said and not self.fixed_port and attempt < 5:
                port = choose_port()
            else:
                raise explain(self.name, self.folder, said)
        raise EmbeddedError(f"{self.name} did not start: processes of the earlier server in {self.data} still run.")

    def _attempt(self, port: int) -> str | None:
        """One start; None when the server answers, else what it said."""
        self.log.touch(mode=0o600)
        self.account.own(self.log)
        before = self.log.stat().st_size
        chosen = SETTINGS | ({} if self.durable else NOT_DURABLE) | self.settings | {"port": str(port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        done = self._try("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "-o", options, "start")
        if done.returncode == 0:
            return None
        with self.log.open("rb") as log:
            log.seek(before)
            return done.stderr + log.read().decode(errors="replace")

    def _bootstrap(self) -> None:
        """Roles, database and extensions; every statement may be repeated after a crash in between."""
        passwords = self.notes["passwords"]
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            for role, name in ((OWNER, "owner"), (APP, "app"), (PROJECTOR, "projector")):
                connection.execute("select set_config(%s, %s, false)", [f"bootstrap.{name}_password", passwords[role]])
            run_file(connection, "roles.sql")
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f"create database {DATABASE} owner {OWNER}")
        for database in ("template1", DATABASE):
            with psycopg.connect(self.url(SUPERUSER, database), autocommit=True) as connection:
                run_file(connection, "extensions.sql")
        self.notes["ready"] = True
        self.notes.save()


def run_file(connection: psycopg.Connection[Any], name: str) -> None:
    """Run one of the SQL files beside this module."""
    connection.execute((SQL / name).read_bytes())
