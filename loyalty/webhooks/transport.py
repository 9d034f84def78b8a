"""How a request leaves: to an address that was looked up once and checked, and to no other, whatever its name means a moment later.

The name stays in the Host header and in TLS. No proxy, no redirect, no cookie. The whole takes 15 seconds at most, however slowly the
other side speaks.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Protocol

from django.utils import timezone

from loyalty.domain.errors import DomainError
from loyalty.webhooks.targets import Policy, Target, policy, target_of

CONNECT_SECONDS = 3.0
"""For a name to be looked up, and for each of its addresses to answer at all."""
WHOLE_SECONDS = 15.0
LOOKUPS = 64
"""Names that are looked up at once: those that hang must not keep others waiting."""
ANSWER_KEPT = 1_000
"""Characters of an answer that are kept."""
ANSWER_READ = 4 * ANSWER_KEPT
LONGEST_REST = 24 * 3600
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the beginning of the text, and after how many seconds the other side wants to be asked again."""

    status: int
    text: str = ""
    again_after: int | None = None


class NotReached(Exception):
    """Nothing came back. `code`: "url" (not to be sent to), "unknown_host", "private" (leads to no public address), "no_connection",
    "certificate", "timeout", "broken".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outlet(Protocol):
    """Posts a body once. Raises NotReached. No transaction is open; it answers within half a minute."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses that a name means now. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_kind, sockaddr in found))


class HttpOutlet:
    """Posts by HTTP(S) as `allowed` says."""

    def __init__(self, allowed: Policy | None = None, resolving: Resolve = resolve, whole: float = WHOLE_SECONDS) -> None:
        self.allowed, self.resolving, self.whole = allowed or policy(), resolving, whole

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        ends_at = time.monotonic() + self.whole
        try:
            target = target_of(url, self.allowed)
        except DomainError as refused:
            raise NotReached("private" if refused.code == "webhooks.url_private" else "url") from None
        connection = _Pinned(target, self._addresses(target))
        timer = Timer(max(ends_at - time.monotonic(), 0.01), connection.cut)
        timer.daemon = True
        timer.start()
        try:
            return _exchanged(connection, target, headers, body)
        finally:
            timer.cancel()
            connection.close()

    def _addresses(self, target: Target) -> Sequence[str]:
        """Those that a name means now. If one of them may not be connected to, none is."""
        try:
            found = _lookups().submit(self.resolving, target.host, target.port).result(CONNECT_SECONDS)
        except TooLong:
            raise NotReached("timeout") from None
        except (OSError, UnicodeError):
            raise NotReached("unknown_host") from None
        if not found:
            raise NotReached("unknown_host")
        if not all(self.allowed.lets_through(address) for address in found):
            raise NotReached("private")
        return found


class _Pinned(HTTPConnection):
    """A connection to one of some checked addresses."""

    def __init__(self, target: Target, addresses: Sequence[str]) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if target.scheme == "https" else 80
        self.target, self.addresses, self.was_cut = target, addresses, False

    def connect(self) -> None:
        plain = self._reached()
        plain.settimeout(WHOLE_SECONDS)
        self.sock = plain
        if self.target.scheme == "https":
            self.sock = _tls().wrap_socket(plain, server_hostname=self.target.host)
        if self.was_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End whatever goes on: the time is over."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def _reached(self) -> socket.socket:
        failure: OSError = OSError("no address")
        for address in self.addresses:
            try:
                return socket.create_connection((address, self.target.port), CONNECT_SECONDS)
            except OSError as lost:
                failure = lost
            if self.was_cut:
                break
        raise failure


def _exchanged(connection: _Pinned, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    try:
        connection.request("POST", target.path, body, dict(headers))
        return _answer(connection.getresponse())
    except ssl.SSLCertVerificationError:
        raise NotReached("certificate") from None
    except (OSError, HTTPException, ValueError) as lost:
        if connection.was_cut or isinstance(lost, TimeoutError):
            raise NotReached("timeout") from None
        raise NotReached("no_connection" if connection.sock is None else "broken") from None


def _answer(response: HTTPResponse) -> Answer:
    """An answer counts from its status on, also where its text breaks off."""
    text = b""
    with suppress(OSError, HTTPException, ValueError):
        text = response.read(ANSWER_READ)
    readable = text.decode("utf-8", "replace").replace("\0", "\ufffd")
    return Answer(response.status, readable[:ANSWER_KEPT], _seconds(response.getheader("Retry-After", "")))


def _seconds(retry_after: str) -> int | None:
    """What a Retry-After says, a day at most."""
    asked = retry_after.strip()
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        return min(int(asked), LONGEST_REST)
    try:
        left = (parsedate_to_datetime(asked) - timezone.now()).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(int(left), 0), LONGEST_REST)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _lookups() -> ThreadPoolExecutor:
    """The system's resolver knows no time limit: what hangs there hangs in a thread of these."""
    return ThreadPoolExecutor(LOOKUPS, thread_name_prefix="webhook-names")
