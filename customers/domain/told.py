"""What events tell of a person, as a profile, and the other way round."""

from __future__ import annotations

from typing import Any

from customers.domain import text
from customers.domain.profile import Profile
from customers.events import CustomerRegistered, ProfileChanged
from loyalty.domain.errors import DomainError

LONGEST_REASON = 300


def facts_of(profile: Profile) -> dict[str, Any]:
    """The fields of an event that tell a profile."""
    return {
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "gender": profile.gender,
        "birth_date": profile.birth_date,
        "address": profile.address or None,
        "company": profile.company or None,
        "tax_number": profile.tax_number or None,
        "labels": profile.labels or None,
        "language": profile.language,
    }


def profile_of(event: CustomerRegistered | ProfileChanged) -> Profile:
    """The profile that an event tells."""
    return Profile(
        first_name=event.first_name,
        last_name=event.last_name,
        gender=event.gender,
        birth_date=event.birth_date,
        address=event.address or "",
        company=event.company or "",
        tax_number=event.tax_number or "",
        labels=event.labels or {},
        language=event.language,
    )


def told_reason(reason: str) -> str:
    """A reason as it is kept. Raises DomainError `customers.reason_missing` for none."""
    if not (told := text.plain(reason, "reason", LONGEST_REASON)):
        raise DomainError("customers.reason_missing", field="reason")
    return told
