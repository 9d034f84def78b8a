"""Where may be sent to: which addresses (URL) can be kept, and which addresses of the network may be connected to."""

from __future__ import annotations

import socket
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from loyalty.domain.errors import DomainError

Network = IPv4Network | IPv6Network
LONGEST, LONGEST_HOST = 500, 253
NOT_PUBLIC = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
"""IANA's special registry, multicast, and the one public address that a cloud keeps for its metadata (Azure)."""
PUBLIC_6 = IPv6Network("2000::/3")
"""Global unicast. Loopback, private, link-local, multicast, mapped (::ffff:0:0/96) and translated (64:ff9b::/96) lie outside of it."""
NOT_PUBLIC_6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
"""Protocol assignments with Teredo and ORCHID, documentation, 6to4: behind which any IPv4 address may lie."""
UNSAFE = '"<>\\^`{|}\x7f'
READ_OTHERWISE = frozenset("ßς\u200c\u200d")
"""Letters that the two standards of international names read in two ways: they would lead to somebody else."""
WRITTEN_TOGETHER = {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")


@dataclass(frozen=True, slots=True)
class Policy:
    """By which protocols and ports may be sent (`ports` None: all), and which `networks` may be reached though they are not public."""

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] | None = frozenset({443, 8443})
    networks: tuple[Network, ...] = ()

    def lets_through(self, address: str) -> bool:
        """Whether an address of the network, as a resolver says it, may be connected to."""
        found = _ip(address)
        if found is None:
            return False
        return any(found in one for one in self.networks) or is_public(found)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: `path` is with its query, `host` as TLS and the Host header name it."""

    scheme: str
    host: str
    port: int
    path: str


def policy() -> Policy:
    """What holds in this installation: https to public addresses. In the demo also a program on the same machine."""
    if settings.LOYALTY_MODE == "demo":
        return Policy(frozenset({"https", "http"}), None, (ip_network("127.0.0.0/8"), ip_network("::1/128")))
    return Policy(ports=frozenset(settings.WEBHOOK_PORTS))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public network, and to one machine there."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC)
    return address in PUBLIC_6 and not any(address in network for network in NOT_PUBLIC_6)


def target_of(url: str, allowed: Policy) -> Target:
    """Where a URL leads. Raises DomainError `webhooks.url_…` for one that may not be sent to, whatever its name means."""
    parts = _parts(_in_ascii(url))
    if parts.scheme not in allowed.schemes:
        raise DomainError("webhooks.url_scheme", field="url", schemes=", ".join(sorted(allowed.schemes)))
    host = _host(parts.hostname or "")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if allowed.ports is not None and port not in allowed.ports:
        raise DomainError("webhooks.url_port", field="url", ports=", ".join(map(str, sorted(allowed.ports))))
    if _is_local(host, allowed):
        raise DomainError("webhooks.url_private", field="url")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _in_ascii(url: str) -> str:
    """With the name of the host as the network has it (IDNA). Raises DomainError for one that has none, or mixes scripts."""
    if url.isascii():
        return url
    parts = _split(url)
    if parts is None or parts.username is not None or any(c <= " " or c in UNSAFE for c in url):
        raise DomainError("webhooks.url_wrong", field="url", most=LONGEST)
    host = unicodedata.normalize("NFKC", parts.hostname or "")
    if any(_is_mixed(label) for label in host.split(".")):
        raise DomainError("webhooks.url_letters", field="url")
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not name or not READ_OTHERWISE.isdisjoint(host):
        raise DomainError("webhooks.url_wrong", field="url", most=LONGEST)
    return parts._replace(netloc=name if parts.port is None else f"{name}:{parts.port}").geturl()


def _is_mixed(label: str) -> bool:
    """Whether letters of several scripts stand together, of which some look alike: Latin, Greek, Cyrillic."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    return len(scripts) > 1 and not scripts <= WRITTEN_TOGETHER


def _parts(url: str) -> SplitResult:
    """A URL in its parts, all of it ASCII that can stand in a request."""
    parts = _split(url)
    if parts is None or len(url) > LONGEST or not url.isascii() or any(c <= " " or c in UNSAFE for c in url):
        raise DomainError("webhooks.url_wrong", field="url", most=LONGEST)
    if parts.username is not None or parts.fragment:
        raise DomainError("webhooks.url_user", field="url")
    return parts


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _host(name: str) -> str:
    """As it is asked for: small letters, without the last dot, never with a zone of this machine."""
    host = name.lower().removesuffix(".")
    if not host or "%" in host or ".." in host or len(host) > LONGEST_HOST:
        raise DomainError("webhooks.url_wrong", field="url", most=LONGEST)
    return host


def _is_local(host: str, allowed: Policy) -> bool:
    """Whether a name can only mean something near: an address that is not public, however it is written, or a name without a place."""
    literal = _ip(host) or _ip_by_number(host)
    if literal is not None:
        return not allowed.lets_through(str(literal))
    return not allowed.networks and ("." not in host or any(f".{host}".endswith(f".{name}") for name in LOCAL_NAMES))


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _ip_by_number(text: str) -> IPv4Address | None:
    """What resolvers make of 2130706433, 0x7f.1 or 0177.0.0.1."""
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None
