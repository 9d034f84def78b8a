"""Two customers turn out to be one person, or not to be one after all.

The one who joined first survives; the other one's stream is closed by one event, and keeps all that is its own. What the survivor got by
it stands in that event, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import get_args

from customers.domain.consents import Consents
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships
from customers.domain.purposes import ConsentPurpose
from customers.domain.state import MAY_EARN
from customers.domain.text import MOST_LABELS
from customers.domain.told import told_reason
from customers.events import CustomerMerged, CustomerUnmerged
from loyalty.domain.errors import Conflict, DomainError

Belongings = tuple[Customer, Consents, Memberships]
"""A customer, what they agreed to, and the segments that they are in."""


def by_age(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """The two, who joined first before the other: whoever asks gets the same answer."""
    older, younger = sorted((one, other), key=lambda it: (it.registered_at is None, it.registered_at, it.id))
    return older, younger


def refuse_unfit(*both: Customer) -> None:
    """Raises NotFound for somebody who is not there, and DomainError `customers.inactive_not_merged` for who does not take part."""
    for one in both:
        one.refuse_closed()
        if one.state not in MAY_EARN:
            raise DomainError("customers.inactive_not_merged", field="other_id")


def merge(survivor: Belongings, absorbed: Belongings, reason: str | None, now: datetime) -> None:
    """Let everything of the one who joined later lead to the other. `reason` is None where they proved both phones themselves.

    Raises as `refuse_unfit` does, and DomainError `customers.reason_missing`.
    """
    (older, _, _), (younger, _, _) = survivor, absorbed
    refuse_unfit(older, younger)
    told = "" if reason is None else told_reason(reason)
    agreed, withdrew = _more_careful(survivor[1], absorbed[1])
    new = ((name, value) for name, value in younger.profile.labels.items() if name not in older.profile.labels)
    labels = dict(islice(new, max(0, MOST_LABELS - len(older.profile.labels))))
    segments = tuple(sorted(absorbed[2].by_hand - survivor[2].segments))
    younger.record(
        CustomerMerged(
            customer_id=younger.id,
            survivor_id=older.id,
            reason=told,
            agreed=agreed,
            withdrew=withdrew,
            labels=labels or None,
            segments=segments,
            merged_at=now,
        )
    )
    if younger.is_asked:
        older.ask_fact(now)
    if labels:
        older.edit(replace(older.profile, labels={**older.profile.labels, **labels}), dict(older.identifiers), now)
    for purpose in agreed:
        survivor[1].change(older.id, {purpose: True}, absorbed[1].given[purpose], "staff", now)
    survivor[1].change(older.id, dict.fromkeys(withdrew, False), "", "staff", now)
    for segment_id in segments:
        survivor[2].enter(older.id, segment_id, "by_hand", now)


def unmerge(survivor: Belongings, absorbed: Belongings, reason: str, now: datetime) -> None:
    """Let both be themselves again: what the survivor got by the merge goes, unless it was said anew since.

    Raises NotFound for somebody who is not there (any more), Conflict `customers.not_merged`, DomainError `customers.reason_missing`.
    """
    (older, _, _), (younger, _, _) = survivor, absorbed
    older.refuse_absent()
    younger.refuse_absent()
    if (merged := younger.merged) is None or merged.survivor_id != older.id:
        raise Conflict("customers.not_merged")
    told = told_reason(reason)
    younger.record(CustomerUnmerged(customer_id=younger.id, survivor_id=older.id, reason=told, unmerged_at=now))
    _take_back(survivor, absorbed, merged, now)


def _take_back(survivor: Belongings, absorbed: Belongings, merged: CustomerMerged, now: datetime) -> None:
    older, consents, memberships = survivor
    kept = _without(older.profile.labels, merged.labels or {})
    if kept != older.profile.labels:
        older.edit(replace(older.profile, labels=kept), dict(older.identifiers), now)
    theirs = [one for one in merged.agreed if one in consents.given and consents.given[one] == absorbed[1].given.get(one)]
    consents.change(older.id, dict.fromkeys((one for one in theirs if one != "terms"), False), "", "staff", now)
    for segment_id in merged.segments:
        memberships.leave(older.id, segment_id, "by_hand", now)


def _more_careful(own: Consents, other: Consents) -> tuple[tuple[ConsentPurpose, ...], tuple[ConsentPurpose, ...]]:
    """What the survivor agrees to in the other one's words, having said nothing; and what no longer, since the other said no."""
    purposes: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose)
    agreed = (one for one in purposes if one in other.given and one not in own.given and one not in own.refused)
    withdrew = (one for one in purposes if one in own.given and one in other.refused and one != "terms")
    return tuple(agreed), tuple(withdrew)


def _without(labels: Mapping[str, str], gone: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if gone.get(name) != value}
