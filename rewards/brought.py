"""What a purchase brings: rewards that are given for it, and those that are a share of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from earning.queries import PurchaseInList, purchase_in_brief
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.money import LARGEST
from rewards.commands.coupons import GiveReward
from rewards.domain.checks import check_amount
from rewards.domain.goods import WHOLE, share_of
from rewards.domain.kinds import DiscountAmount, ValueCode
from rewards.domain.offer import Occasion, Offer
from rewards.domain.room import Room, shares_of
from rewards.occasions import Buyer


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """By which purchase a reward is brought, of which it is a `share` (basis points) worth `value` (minor units); None: it is none."""

    purchase_id: UUID | None = None
    share: int | None = None
    value: int | None = None

    @property
    def room(self) -> tuple[Room, ...]:
        """What it takes of the purchase."""
        return (shares_of(self.purchase_id, self.share),) if self.purchase_id is not None and self.share is not None else ()


def brought_by(command: GiveReward, offer: Offer, buyer: Buyer, occasion: Occasion) -> Brought:
    """What a reward is for a purchase. Raises DomainError where it is not the customer's, nothing of it is kept, or nothing is a share."""
    if command.for_purchase_id is None:
        if command.share is not None:
            raise DomainError("rewards.share_without_purchase", field="for_purchase_id")
        return Brought()
    found = _purchase(command.for_purchase_id, buyer)
    if command.share is None:
        return Brought(purchase_id=found.purchase_id)
    return Brought(purchase_id=found.purchase_id, share=command.share, value=_value(command.share, offer, found, occasion))


def _purchase(purchase_id: UUID, buyer: Buyer) -> PurchaseInList:
    try:
        found = purchase_in_brief(purchase_id)
    except NotFound:
        raise DomainError("earning.purchase_unknown", field="for_purchase_id") from None
    if found.customer_id not in buyer.sides:
        raise DomainError("rewards.purchase_of_another", field="for_purchase_id")
    if found.kept <= 0 < found.total:
        raise Conflict("rewards.purchase_returned", field="for_purchase_id", document=found.document_number)
    return found


def _value(share: int, offer: Offer, found: PurchaseInList, occasion: Occasion) -> int:
    check_amount(share, "share", least=1, most=WHOLE)
    benefit = offer.terms.benefit
    if not isinstance(benefit, DiscountAmount | ValueCode):
        raise DomainError("rewards.share_of_value", field="share", name=offer.content.naming)
    if found.currency != occasion.currency:
        raise DomainError("rewards.purchase_other_currency", field="for_purchase_id", currency=found.currency)
    value = min(benefit.worth(LARGEST, 0, 0), share_of(found.kept, share))
    if not value:
        raise DomainError("rewards.share_is_nothing", field="share")
    return value
