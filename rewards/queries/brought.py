"""What is behind a code that a customer brings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.queries import sides
from loyalty.domain.errors import NotFound
from loyalty.lookup import lookup_digests
from rewards.domain.code import normal_code
from rewards.models import Coupon
from rewards.queries.here import asked, tenant_here
from rewards.stock import KIND, OF_DIGEST


@dataclass(frozen=True, slots=True)
class CodeBrought:
    """A code of a reward, for `rewards.commands.ClaimCode`; `coupon_id` is the coupon that the customer has by it already."""

    code_id: UUID
    reward_id: UUID
    coupon_id: UUID | None = None


def code_brought(typed: str, customer_id: UUID) -> CodeBrought:
    """What a customer can have by a code, as somebody typed it. Raises NotFound `rewards.code_not_good` for every other code: unknown,
    somebody else's, used by them, or withdrawn.
    """
    digests = lookup_digests(KIND, normal_code(typed), tenant_here())
    for code_id, reward_id, state, coupon_id, _sealed, batch_id in asked(OF_DIGEST, [tenant_here(), digests]):
        own = Coupon.objects.filter(tenant_id=tenant_here(), customer_id__in=[*sides(customer_id)])
        if state == "issued":
            if own.filter(id=coupon_id).exists():
                return CodeBrought(code_id, reward_id, coupon_id)
        elif state == "stock":
            return CodeBrought(code_id, reward_id)
        elif state == "shared":
            had = own.filter(batch_id=batch_id, state="issued").order_by("issued_at").values_list("id", flat=True).first()
            return CodeBrought(code_id, reward_id, had)
    raise NotFound("rewards.code_not_good", field="code")


def code_unclaimed(typed: str) -> UUID | None:
    """The reward of a good code that nobody has yet, or that all share; None for every other."""
    digests = lookup_digests(KIND, normal_code(typed), tenant_here())
    return next((row[1] for row in asked(OF_DIGEST, [tenant_here(), digests]) if row[2] in {"stock", "shared"}), None)
