"""Processes that outlive their starter: who they are, whether they live, how they end; and free ports."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIRST_PORT, LAST_PORT = 20_000, 30_000


def began(pid: int) -> str | None:
    """When a process began, in the system's own notation, or None when it is not there.

    Together with the pid it names one process for good: a pid alone is given to another one sooner or later.
    """
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], check=False, capture_output=True, text=True).stdout.strip()
    return shown or None


def identity(pid: int) -> dict[str, Any]:
    """What to write down about a process so that it is recognized later."""
    return {"pid": pid, "began": began(pid)}


def alive(known: dict[str, Any] | None) -> bool:
    """Whether a process written down by `identity` still runs (and is no other one under its pid)."""
    return bool(known) and known is not None and known["began"] is not None and began(known["pid"]) == known["began"]


def command_line(pid: int) -> str:
    """The words a process was started with, or nothing when it is gone or hidden."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)
        return shown.stdout.strip()


def children(pid: int) -> list[int]:
    """The pids of the processes that a process started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if listed.exists():
        return [int(child) for child in listed.read_text().split()]
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=False, capture_output=True, text=True).stdout
    pairs = (line.split() for line in shown.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Ask again and again until the condition holds; False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def end(known: dict[str, Any] | None, seconds: float = 30, *, by_force: bool = False) -> None:
    """Ask a process to end, and make it end when it takes too long (or at once, by force)."""
    for number in (signal.SIGKILL,) if by_force else (signal.SIGTERM, signal.SIGKILL):
        if known is None or not alive(known):
            return
        os.kill(known["pid"], number)
        if wait_until(lambda: not alive(known), seconds):
            return


def end_group(known: dict[str, Any], seconds: float = 20) -> None:
    """End a process that leads a group, and all of the group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not alive(known):
            return
        os.killpg(known["pid"], number)
        wait_until(lambda: not alive(known), seconds)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address."""
    return why_not(port) is None


def why_not(port: int) -> OSError | None:
    """What the system says when a server wants to listen on this port of the loopback address; None: it may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as reason:
            return reason
    return None


def frees_up(port: int, seconds: float = 2) -> bool:
    """Whether a port is free, or becomes so while a dying server lets go of it."""
    return wait_until(lambda: port_is_free(port), seconds)


def choose_port(preferred: int | None = None) -> int:
    """The preferred port when it is free, else any free one. A server that just died may hold its port a moment longer.

    Ports lie below the range that systems hand out to outgoing connections: a client that retries against a dead
    server inside that range can end up connected to itself, and then the server cannot come back.
    """
    if preferred and frees_up(preferred):
        return preferred
    return next(port for port in iter(lambda: FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT), None) if port_is_free(port))
