"""A Valkey server of our own, on the loopback address, with a password."""

import os
import secrets
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from loyalty.embedded.account import Account, current, reachable_copy
from loyalty.embedded.failures import explain, tail
from loyalty.embedded.notes import Notes
from loyalty.embedded.paths import cache_folder, home_folder, write_private
from loyalty.embedded.process import alive, choose_port, end, identity, wait_until
from loyalty.embedded.providers import find_valkey


class Valkey:
    """One server in one folder; `durable` keeps its contents across a restart."""

    name = "Valkey"

    def __init__(self, home: Path, *, durable: bool = False, account: Account | None = None) -> None:
        self.account = account or current()
        self.folder = self.account.folder(home_folder(self.account, {}, home) / "valkey")
        self.durable = durable
        self.config, self.log = self.folder / "valkey.conf", self.folder / "server.log"
        self.notes = Notes(self.folder.parent / "valkey.json")

    @property
    def port(self) -> int:
        """The port it listens on, or last did."""
        return int(self.notes["port"])

    def url(self) -> str:
        """The address of its first database, with the password."""
        return f"redis://:{self.notes['password']}@127.0.0.1:{self.port}/0"

    def running(self) -> bool:
        """Whether the server runs and answers to our password, whoever started it."""
        self.notes.refresh()
        return alive(self.notes.get("process")) and self.answers()

    def answers(self) -> bool:
        """Ask it for a sign of life."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
            line.settimeout(2)
            line.sendall(f"AUTH {self.notes['password']}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2 and (chunk := line.recv(256)):
                said += chunk
            return b"+PONG" in said
        return False

    def start(self) -> None:
        """Bring the server up; does nothing when it runs already."""
        if self.running():
            return
        end(self.notes.get("process"))
        for _ in range(5):
            if self._attempt(choose_port(self.notes.get("port"))):
                return
            self.notes.pop("port", None)
        raise explain(self.name, self.folder, tail(self.log))

    def stop(self) -> None:
        """Stop the server."""
        self.notes.refresh()
        end(self.notes.get("process"))

    def kill(self) -> None:
        """End the server by SIGKILL, as a crash would."""
        self.notes.refresh()
        end(self.notes.get("process"), by_force=True)

    def _attempt(self, port: int) -> bool:
        self.notes |= {"port": port, "durable": self.durable}
        self.notes.setdefault("password", secrets.token_urlsafe(24))
        self._write_config()
        found = find_valkey()
        program = found.place.parent if found.package else found.place
        place = reachable_copy(self.account, found, program, cache_folder(self.account, os.environ))
        server = subprocess.Popen(
            [str(place / found.place.name if found.package else place), str(self.config)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self.account.popen(),
        )
        self.notes["process"] = identity(server.pid)
        self.notes.save()
        wait_until(lambda: server.poll() is not None or self.answers(), 30)
        return server.poll() is None and self.answers()

    def _write_config(self) -> None:
        keep = ["appendonly yes", "appendfsync everysec"] if self.durable else ["appendonly no", 'save ""']
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"requirepass {self.notes['password']}",
            f'dir "{self.folder}"',
            f'logfile "{self.log}"',
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
            *keep,
        ]
        write_private(self.config, "\n".join(lines) + "\n")
        self.account.own(self.config)
