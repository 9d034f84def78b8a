"""What follows in rewards from what happens elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, Subquery
from django.utils import translation
from django.utils.translation import gettext

from customers.events import CustomerErased
from customers.queries import erased, segment
from earning.events import GoodsReturned, InstantRewardsLost, PurchaseClaimed, PurchaseRecorded
from earning.queries import PurchaseCard, purchase, rewards_brought
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.jobs.following import WorkFollower
from loyalty.jobs.once import set_going_once
from loyalty.projections.process import Order, Process
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from rewards import exporting, making
from rewards.commands import CancelCoupon, GiveReward, ReturnCoupon
from rewards.domain.goods import LineLeft
from rewards.events import CodeBatchBegun, CodeBatchExported, CouponFreed, CouponIssued, CouponRestored, GiftOrdered, RewardGivenToSegment
from rewards.giving import KIND
from rewards.models import Coupon, CouponUse
from rewards.queries.rewards import reward


class Returns(Process):
    """Goods came back: coupons that were used on them, and those that they had brought, also when these were given in the same moment, or
    kept for a basket that let them go.
    """

    name = "rewards.returns"
    events = (GoodsReturned, CouponIssued, CouponFreed)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        with reading(tenant_id):
            return [order for recorded in batch for order in _follow(tenant_id, recorded)]


def _follow(tenant_id: int, recorded: Recorded[Any]) -> Iterator[Order]:
    match recorded.event:
        case CouponIssued():
            found = (recorded.event.coupon_id, recorded.event.for_purchase_id)
        case CouponFreed():
            found = (recorded.event.coupon_id, _brought_by(tenant_id, recorded.event.coupon_id))
        case _:
            return _orders(tenant_id, recorded)
    back = return_of_brought(*found)
    return iter([] if back is None else [Order(recorded, back, back.coupon_id)])


def _orders(tenant_id: int, recorded: Recorded[GoodsReturned]) -> Iterator[Order]:
    event = recorded.event
    if not (found := _touched(tenant_id, event.purchase_id)):
        return
    sold = purchase(event.purchase_id)
    for coupon_id in found:
        back = ReturnCoupon(
            coupon_id=coupon_id,
            purchase_id=event.purchase_id,
            return_id=event.return_id,
            total=sold.total,
            kept=event.amount_kept,
            nothing_left=event.nothing_left or not any(line.left for line in sold.lines if line.line.kind != "discount"),
            lines=_left(sold),
        )
        yield Order(recorded, back, coupon_id)


def return_of_brought(coupon_id: UUID, purchase_id: UUID | None) -> ReturnCoupon | None:
    """What follows for a coupon that a purchase brought of which goods are back; None where it was not brought, and nothing is."""
    if purchase_id is None or not (sold := purchase(purchase_id)).returns:
        return None
    return ReturnCoupon(
        coupon_id=coupon_id,
        purchase_id=purchase_id,
        return_id=sold.returns[-1].return_id,
        total=sold.total,
        kept=sold.kept,
        nothing_left=not any(line.left for line in sold.lines if line.line.kind != "discount"),
        lines=_left(sold),
    )


def _brought_by(tenant_id: int, coupon_id: UUID) -> UUID | None:
    return Coupon.objects.filter(tenant_id=tenant_id, id=coupon_id).values_list("for_purchase_id", flat=True).first()


def _touched(tenant_id: int, purchase_id: UUID) -> list[UUID]:
    uses = CouponUse.objects.filter(tenant_id=tenant_id, purchase_id=purchase_id).values("coupon_id")
    about = Q(id__in=Subquery(uses)) | Q(for_purchase_id=purchase_id)
    return list(Coupon.objects.filter(about, tenant_id=tenant_id).order_by("id").values_list("id", flat=True))


def _left(sold: PurchaseCard) -> tuple[LineLeft, ...]:
    """The lines as the document has them, in whatever state all returns so far have left them."""
    return tuple(
        LineLeft(bought=abs(line.line.total) if line.line.quantity is None else line.line.quantity, left=line.left) for line in sold.lines
    )


class InstantRewards(Process):
    """A rule gave a reward with a purchase: its customer gets it. Once the rule no longer gives it for what is kept, it goes, unused: at
    once, or when a basket or another purchase lets it go.
    """

    name = "rewards.instant_rewards"
    events = (PurchaseRecorded, PurchaseClaimed, InstantRewardsLost, CouponFreed, CouponRestored)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        with reading(tenant_id), translation.override(tenant_of_id(tenant_id).default_language):
            return [order for recorded in batch for order in self._follow(tenant_id, recorded)]

    def _follow(self, tenant_id: int, recorded: Recorded[Any]) -> Iterator[Order]:
        event = recorded.event
        match event:
            case PurchaseRecorded() | PurchaseClaimed() if event.customer_id is not None:
                for due in event.instant_rewards:
                    yield Order(
                        recorded,
                        GiveReward(customer_id=event.customer_id, reward_id=due.reward_id, way="rule", for_purchase_id=event.purchase_id),
                        due.rule_id,
                    )
            case InstantRewardsLost():
                yield from self._gone(recorded, event.purchase_id)
            case CouponFreed() | CouponRestored() if (purchase_id := _brought_by(tenant_id, event.coupon_id)) is not None:
                yield from self._gone(recorded, purchase_id, event.coupon_id)

    def _gone(self, recorded: Recorded[Any], purchase_id: UUID, coupon_id: UUID | None = None) -> Iterator[Order]:
        """Orders to cancel what a purchase brought and has lost: all of it, or one coupon."""
        for brought in rewards_brought(purchase_id):
            found = derived_id(self.name, brought.event_id, brought.due.rule_id)
            if brought.lost and coupon_id in {None, found}:
                reason = gettext("The goods came back that had brought it.")
                yield Order(recorded, CancelCoupon(coupon_id=found, reason=reason, give_back=False), found)


class GiftsOfErased(Process):
    """A gift that is not on its way yet is cancelled when its customer is erased: nobody knows any more where it goes. It is in stock
    again; of its price nothing comes back, as all their points end.

    It looks at an erasure and at gifts that are ordered: whichever of two that happened at once is read later sees the other.
    """

    name = "rewards.gifts_of_erased"
    events = (CustomerErased, GiftOrdered)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        causes = {recorded.event.customer_id: recorded for recorded in batch}
        with reading(tenant_id):
            waiting = Coupon.objects.filter(tenant_id=tenant_id, customer_id__in=erased(causes), delivery="ordered").order_by("id")
            found = list(waiting.values_list("customer_id", "id"))
        with translation.override(tenant_of_id(tenant_id).default_language):
            reason = gettext("The customer was erased.")
        return [Order(causes[whose], CancelCoupon(coupon_id=key, reason=reason, give_back=False), key) for whose, key in found]


class Givings(WorkFollower):
    """Begins the work, once for each decision."""

    name = "rewards.givings"
    events = (RewardGivenToSegment,)

    def begin(self, tenant_id: int, recorded: Recorded[RewardGivenToSegment]) -> None:
        import rewards.tasks  # noqa: F401 - the kind of work; tasks are known only once everything else is loaded

        event = recorded.event
        with reading(tenant_id):
            names = {"reward": reward(event.reward_id).content.name, "segment": segment(event.segment_id).name}
        with translation.override(tenant_of_id(tenant_id).default_language):
            title = gettext("“%(reward)s” for “%(segment)s”") % names
        ids = {"reward": str(event.reward_id), "segment": str(event.segment_id)}
        set_going_once(tenant_id, KIND, title, recorded.metadata.actor, str(event.giving_id), **ids)


class CodesMade(WorkFollower):
    """Begins the work of making the codes of a batch, once for each."""

    name = "rewards.codes_made"
    events = (CodeBatchBegun,)

    def begin(self, tenant_id: int, recorded: Recorded[CodeBatchBegun]) -> None:
        import rewards.tasks  # noqa: F401 - as above

        event = recorded.event
        if event.source == "generated":
            set_going_once(tenant_id, making.KIND, _title(tenant_id, event.reward_id), recorded.metadata.actor, str(event.batch_id))


class CodesExported(WorkFollower):
    """Begins the work of writing the codes of a batch into a file, once for each."""

    name = "rewards.codes_exported"
    events = (CodeBatchExported,)

    def begin(self, tenant_id: int, recorded: Recorded[CodeBatchExported]) -> None:
        import rewards.tasks  # noqa: F401 - as above

        event = recorded.event
        set_going_once(tenant_id, exporting.KIND, _title(tenant_id, event.reward_id), recorded.metadata.actor, str(event.batch_id))


def _title(tenant_id: int, reward_id: UUID) -> str:
    """“Codes for “Coffee””, in the language of the programme."""
    with reading(tenant_id):
        name = reward(reward_id).content.name
    with translation.override(tenant_of_id(tenant_id).default_language):
        return gettext("Codes for “%(reward)s”") % {"reward": name}
