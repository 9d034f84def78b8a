"""Orders to send and to compare codes, as pages and programs give them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from customers.budgets import count_fact_try, fact_key
from customers.challenges import count_try, new_code, new_link_token
from customers.commands import Link, SendCode, SendCodeAgain
from customers.domain.challenge import ChallengeKind, Purpose, typed_code
from customers.targets import phone_target
from loyalty.staff.lockout import address_of

__all__ = ["code_again", "code_to", "count_compare", "count_own_fact", "phone_target", "typed_code"]


def code_to(request: HttpRequest, purpose: Purpose, kind: ChallengeKind, to: str, customer_id: UUID | None = None) -> SendCode:
    """The order to send a new code."""
    return SendCode(purpose=purpose, kind=kind, to=to, customer_id=customer_id, **_asked(request, purpose))


def code_again(request: HttpRequest, purpose: Purpose, challenge_id: UUID, customer_id: UUID | None = None) -> SendCodeAgain:
    """The order to send another code for the same challenge."""
    return SendCodeAgain(purpose=purpose, challenge_id=challenge_id, customer_id=customer_id, **_asked(request, purpose))


def count_compare(tenant_id: int, challenge_id: UUID, purpose: Purpose, customer_id: UUID | None = None, fact: str = "") -> None:
    """Count, and commit, that a code is about to be compared, and the `fact` that is said with it.

    Raises DomainError `customers.code_wrong` when that may not be, and Throttled `customers.too_many_facts`.
    """
    now = timezone.now()
    whose = count_try(tenant_id, challenge_id, purpose, customer_id, now)
    if fact.strip():
        count_fact_try(tenant_id, whose, now)


def count_own_fact(tenant_id: int, customer_id: UUID) -> None:
    """The same for a fact that a customer says who is signed in."""
    count_fact_try(tenant_id, fact_key(customer_id, tenant_id), timezone.now())


def _asked(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """A code and a link that nobody can guess, from where they are asked for, and the language of who asks."""
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    language = get_language() or tenant.default_language
    link = Link(request.build_absolute_uri(reverse("app-sign-in")), new_link_token())
    return {"code": new_code(), "asked_from": address_of(request), "language": language, "link": link if purpose == "sign_in" else None}
