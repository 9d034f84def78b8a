"""Debian's PgBouncer in transaction mode, between the platform and its database."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from loyalty.embedded.account import current

BINARY = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
SERVING = ("default", "projector")


def free_port() -> int:
    with closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def configuration(folder: Path, port: int) -> str:
    at = settings.DATABASES["default"]
    return f"""[databases]
* = host={at["HOST"]} port={at["PORT"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder / "users.txt"}
pool_mode = transaction
default_pool_size = 12
server_round_robin = 1
logfile = {folder / "pgbouncer.log"}
"""


@contextmanager
def pgbouncer() -> Iterator[int]:
    """The port of a running PgBouncer."""
    account, port = current(), free_port()
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="loyalty-pgbouncer-") as name:
        folder = Path(name)
        users = {settings.DATABASES[a]["USER"]: settings.DATABASES[a]["PASSWORD"] for a in SERVING}
        (folder / "users.txt").write_text("".join(f'"{user}" "{password}"\n' for user, password in users.items()))
        (folder / "pgbouncer.ini").write_text(configuration(folder, port))
        account.own(folder)
        process = subprocess.Popen([BINARY, "-q", str(folder / "pgbouncer.ini")], cwd="/", **account.popen())
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, "PgBouncer ended"
        with closing(socket.socket()) as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("PgBouncer did not answer")


@contextmanager
def through(port: int) -> Iterator[None]:
    """The serving aliases go through the pooler: no prepared statements, no server-side cursors."""
    before = {a: dict(settings.DATABASES[a]) for a in SERVING}
    for alias in SERVING:
        connections[alias].close()
        at = settings.DATABASES[alias]
        at |= {"HOST": "127.0.0.1", "PORT": port, "DISABLE_SERVER_SIDE_CURSORS": True}
        at["OPTIONS"] = at["OPTIONS"] | {"prepare_threshold": None}
        connections[alias].settings_dict.update(at)
    try:
        yield
    finally:
        for alias in SERVING:
            connections[alias].close()
            settings.DATABASES[alias].update(before[alias])
            connections[alias].settings_dict.update(before[alias])
