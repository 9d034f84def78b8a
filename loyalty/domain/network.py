"""Addresses of the network, as far as they tell one household or shop from another."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """What one household or shop has in common: an IPv4 address, or the first half of an IPv6 one, of which each device has many."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    plain = found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
    return str(plain) if isinstance(plain, IPv4Address) else str(ip_network((int(plain) >> 64 << 64, 64)))


def is_shared(network: str) -> bool:
    """Whether thousands may stand behind it: mobile carriers put their phones behind few addresses of IPv4."""
    try:
        IPv4Address(network)
    except ValueError:
        return False
    return True
