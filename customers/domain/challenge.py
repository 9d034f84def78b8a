"""What a code that is sent to a phone or an email is good for, and how many of them there may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from loyalty.domain.network import is_shared, network_of

ChallengeKind = Literal["phone", "email"]
"""What a code proves: that somebody reads what comes to this phone, or this address."""
KINDS: tuple[ChallengeKind, ...] = get_args(ChallengeKind)
Purpose = Literal["sign_in", "phone", "till", "merge", "erase", "proof"]
Lane = Literal["open", "known", "till"]
"""Who shares what may be sent to, and compared of, one phone or email: whoever comes along; devices on which it was proven before; staff
at tills. What strangers use up is theirs alone.
"""
LANES: tuple[Lane, ...] = get_args(Lane)
Crowd = Literal["open", "member", "known", "till"]
"""Who shares what leaves in all: as lanes, and customers who are signed in and ask for a code to a phone that is not theirs yet."""
DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
MOST_COMPARES = 5
"""So often a code is compared with what somebody typed, however often it is sent again."""
COMPARES_SPAN = timedelta(hours=1)
MOST_COMPARES_OF_ONE = 10
"""So often in the span codes are compared that went to one phone or email, whichever challenge, in each lane; one that is right makes it
none again.
"""
MOST_PASSWORDS_OF_ONE = 10
"""So often in the span passwords are compared for one phone or email in each lane, or by one customer who is signed in; one that is right
makes it none again.
"""
MOST_PASSWORDS_FROM: Mapping[str, int] = {"address": 30, "shared": 300}
"""So often for whoever is at one address of the network, as of codes (`BUDGETS`); one that is right does not count."""

BUDGET_SPAN = timedelta(hours=1)
BUDGETS: Mapping[str, int] = {"to": 5, "by": 10, "address": 30, "shared": 300, "prefix": 60, "domain": 500, "all": 2_000}
"""How many codes in the span go to one phone or email; one customer asks for who is signed in; are asked for from one address of the
network; go to numbers that differ in their last three digits only, or to one mailbox under many tags; go to one domain of emails; and
leave a programme at all. Each crowd has all of them for itself: strangers, who need a few addresses to use one up, keep nobody out who
comes with a device that is known, is signed in, or stands at a till.

An address of IPv4 is "shared": mobile carriers put thousands of phones behind one, so that it may ask ten times as often as a household
(half an address of IPv6). What guards against one that is no carrier's are the other budgets, the countries that codes go to, and the
rate of requests. The domain may have a quarter of all: half of the customers may have theirs at the same one, and a flood in its name
should not shut them out, nor the programme write as much to somebody else's company.
"""


def prefix_of(kind: ChallengeKind, to: str) -> str:
    """What the neighbors of a number have in common with it, or the tags of a mailbox: "an@example.com" of "an+1@example.com"."""
    if kind == "phone":
        return to[:-3]
    mailbox, _, domain = to.rpartition("@")
    return f"{mailbox.partition('+')[0]}@{domain}"


def lane_of(purpose: Purpose, is_known: bool) -> Lane:
    """With whom a code shares what it may use up."""
    if purpose == "till":
        return "till"
    return "known" if is_known else "open"


def crowd_of(lane: Lane, customer_id: UUID | None) -> Crowd:
    """With whom who asks shares what may leave in all."""
    return "member" if lane == "open" and customer_id is not None else lane


def counted_to(kind: ChallengeKind, to: str, lane: Lane) -> str:
    """What codes to one phone or email have in common."""
    return f"{kind}/{to}" if lane == "open" else f"{lane}/{kind}/{to}"


def budgets_of(kind: ChallengeKind, to: str, asked_from: str, crowd: Crowd = "open") -> dict[str, str]:
    """Under which budgets a code is counted, and what counts alike in each."""
    network = network_of(asked_from)
    shared = {"shared" if is_shared(network) else "address": network, "prefix": f"{kind}/{prefix_of(kind, to)}", "all": ""}
    if kind == "email":
        shared["domain"] = to.rpartition("@")[2]
    if crowd != "open":
        shared = {name: f"{crowd}/{text}" for name, text in shared.items()}
    return shared | {"to": counted_to(kind, to, "open" if crowd == "member" else crowd)}


def typed_code(text: str) -> str:
    """The digits of what somebody typed: "123 456", "１２３４５６". "" for what cannot be a code."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", text[:40]) if not c.isspace() and c != "-")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else ""
