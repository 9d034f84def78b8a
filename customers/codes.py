"""Orders to send and to compare codes, as pages and programs give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from customers.budgets import count_fact_try, fact_key
from customers.challenges import count_try, matches, new_code, new_link_token
from customers.commands import Link, SendCode, SendCodeAgain
from customers.domain.challenge import DIGITS, ChallengeKind, Purpose, typed_code
from customers.domain.facts import LONGEST_FACT
from customers.targets import phone_target
from loyalty.domain.errors import DomainError
from loyalty.staff.lockout import address_of

__all__ = ["LONGEST_FACT", "Said", "code_again", "code_to", "count_compare", "count_own_fact", "phone_target", "typed_code"]


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared with a challenge: the six digits ("" for what cannot be a code), or the link of an email; and the second fact."""

    code: str
    link: str = ""
    fact: str = ""


def code_to(
    request: HttpRequest, purpose: Purpose, kind: ChallengeKind, to: str, customer_id: UUID | None = None, known_device: str = ""
) -> SendCode:
    """The order to send a new code."""
    return SendCode(purpose=purpose, kind=kind, to=to, customer_id=customer_id, known_device=known_device, **_asked(request, purpose))


def code_again(request: HttpRequest, purpose: Purpose, challenge_id: UUID, customer_id: UUID | None = None) -> SendCodeAgain:
    """The order to send another code for the same challenge."""
    return SendCodeAgain(purpose=purpose, challenge_id=challenge_id, customer_id=customer_id, **_asked(request, purpose))


def count_compare(tenant_id: int, challenge_id: UUID, purpose: Purpose, said: Said, customer_id: UUID | None = None) -> None:
    """Count, and commit, that a code is about to be compared; and the fact that is said with it where the code is right, so that nobody
    uses up what somebody may say who cannot read their messages.

    Raises DomainError `customers.code_shape` for what cannot be a code, which is not counted, `customers.code_wrong` when the challenge is
    over, Throttled `customers.too_many_compares` and `customers.too_many_facts`.
    """
    if not said.code and not said.link:
        raise DomainError("customers.code_shape", field="code", digits=DIGITS)
    now = timezone.now()
    whose = count_try(tenant_id, challenge_id, purpose, customer_id, now)
    if said.fact.strip() and matches(tenant_id, challenge_id, purpose, customer_id, (said.code, said.link), now):
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
