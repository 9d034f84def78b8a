"""What a code that is sent to a phone or an email is good for, and how many of them there may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, get_args

ChallengeKind = Literal["phone", "email"]
"""What a code proves: that somebody reads what comes to this phone, or this address."""
KINDS: tuple[ChallengeKind, ...] = get_args(ChallengeKind)
Purpose = Literal["sign_in", "phone"]
DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
MOST_COMPARES = 5
"""So often a code is compared with what somebody typed, however often it is sent again."""


BUDGET_SPAN = timedelta(hours=1)
BUDGETS: Mapping[str, int] = {"to": 5, "address": 30, "prefix": 60, "all": 2_000}
"""How many codes in the span go to one phone or email, are asked for from one address of the network (a whole shop has one), go to
numbers that differ in their last three digits only, or to one mailbox under many tags, and leave a programme at all. A domain of
emails has none: half of all customers may have theirs at the same one, and whoever asks in its name would shut all of them out.
"""


def prefix_of(kind: ChallengeKind, to: str) -> str:
    """What the neighbors of a number have in common with it, or the tags of a mailbox: "an@example.com" of "an+1@example.com"."""
    if kind == "phone":
        return to[:-3]
    mailbox, _, domain = to.rpartition("@")
    return f"{mailbox.partition('+')[0]}@{domain}"


def network_of(address: str) -> str:
    """What one household or shop has in common: an IPv4 address, or the first half of an IPv6 one, of which each device has many."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    plain = found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
    return str(plain) if isinstance(plain, IPv4Address) else str(ip_network((int(plain) >> 64 << 64, 64)))


def typed_code(text: str) -> str:
    """The digits of what somebody typed: "123 456", "１２３４５６". "" for what cannot be a code."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", text[:40]) if not c.isspace() and c != "-")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else ""
