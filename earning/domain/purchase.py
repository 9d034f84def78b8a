"""A purchase: a sale document, recorded once, and what of it the customer keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.content import refuse_other_content, refuse_other_return
from earning.domain.dates import check_date
from earning.domain.discounts import with_discounts
from earning.domain.document import check_number, deciding_zone
from earning.domain.lines import Thousandths
from earning.domain.purchase_checks import check_customer, check_sale
from earning.domain.reason import check_reason
from earning.domain.returns import Bringing, cheaper_by, check_left, measures
from earning.domain.terms import RewardDue
from earning.events import (
    GoodsReturned,
    InstantRewardsLost,
    PurchaseClaimed,
    PurchaseRecorded,
    PurchaseVoided,
    ReturnDocumented,
    ReturnedLine,
)
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.money import Money
from loyalty.domain.period import business_day

if TYPE_CHECKING:
    from earning.commands import ClaimPurchase, ReturnGoods, VoidPurchase

PurchaseFact: TypeAlias = PurchaseRecorded | PurchaseClaimed | GoodsReturned | InstantRewardsLost | PurchaseVoided | ReturnDocumented


class Purchase(Aggregate):
    """The stream of one document number: a sale with its returns, or the number of a return document."""

    stream = "purchase"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.sale: PurchaseRecorded | None = None
        self.decided: PurchaseRecorded | None = None
        """The sale with the customer, and what was seen of customer and rules, when its points were decided."""
        self.customer_id: UUID | None = None
        """Whose it is: the customer it was recorded for, or who claimed it since."""
        self.kept: list[int] = []
        """Of each line, the measure that has not come back."""
        self.instant_rewards: tuple[RewardDue, ...] = ()
        """What rules gave for it besides points, and still give for what is kept."""
        self.returns: dict[UUID, GoodsReturned] = {}
        self.voided_at: datetime | None = None
        self.brings_back: set[UUID] = set()
        """As a return document: the purchases whose goods it returned."""

    def is_new(self, sale: PurchaseRecorded, circumstances: Circumstances, *, may_date_back: bool = True) -> bool:
        """Whether the sale may be recorded. False when this very sale was recorded before.

        Raises DomainError for a document that cannot be, or differs from the one recorded under its number.
        """
        if self.brings_back:
            raise Conflict("earning.document_is_a_return", field="document_number", document=sale.document_number)
        if self.sale is not None:
            claimed = self.customer_id == sale.customer_id
            refuse_other_content(self.sale, replace(sale, customer_id=self.sale.customer_id) if claimed else sale)
            return False
        check_sale(sale)
        check_date(sale.purchased_at, circumstances.now, circumstances.channel, "purchased_at", may_date_back=may_date_back)
        return True

    def is_unclaimed(self, order: ClaimPurchase, standing: str | None, *, may_earn: bool) -> bool:
        """Whether it may be given to the customer. False when it was theirs before.

        Raises DomainError for a customer who is not there or does not take part, and when nothing of it is left; Conflict
        when it is another's.
        """
        if self.sale is None:
            raise NotFound("earning.purchase_unknown", field="purchase_id")
        if self.customer_id == order.customer_id:
            return False
        if self.customer_id is not None:
            raise Conflict("earning.purchase_is_anothers", field="purchase_id", document=self.sale.document_number)
        check_customer(standing)
        if not may_earn:
            raise DomainError("earning.customer_inactive", field="customer_id")
        self._refuse_voided(self.sale, "purchase_id")
        if not any(self.kept):
            raise DomainError("earning.nothing_left", field="purchase_id", document=self.sale.document_number)
        return True

    def claim(self, sale: PurchaseRecorded, now: datetime) -> None:
        """Give it to the customer of `sale`: the sale as it is decided for them."""
        assert sale.customer_id is not None
        self.record(
            PurchaseClaimed(
                purchase_id=self.id,
                customer_id=sale.customer_id,
                currency=sale.currency,
                amount=sum(self.values()),
                exchanged=sale.exchanged(sale.worth(self.kept)),
                standing=sale.standing,
                seen=sale.seen,
                rules_position=sale.rules_position,
                cuts=sale.cuts,
                instant_rewards=sale.instant_rewards,
                matched_by=sale.matched_by,
                purchased_at=sale.purchased_at,
                claimed_at=now,
            )
        )

    def document_return(self, order: ReturnGoods) -> None:
        """Use this document number for a return. Raises Conflict when a sale has it."""
        check_number(order.document_number)
        if self.sale is not None:
            raise Conflict("earning.document_is_a_purchase", field="document_number", document=order.document_number)
        if order.purchase_id not in self.brings_back:
            self.record(
                ReturnDocumented(
                    return_id=self.id,
                    purchase_id=order.purchase_id,
                    merchant_id=order.merchant_id,
                    pos_id=order.pos_id,
                    document_scope=order.document_scope,
                    document_number=order.document_number.strip(),
                    zone=deciding_zone(order.document_scope, order.zone),
                    returned_at=order.returned_at,
                )
            )

    def take_back(self, order: ReturnGoods, return_id: UUID, circumstances: Circumstances) -> tuple[GoodsReturned, bool]:
        """Take goods back; False beside the event when this very return was recorded before.

        Raises DomainError for more than is left, NotFound for no purchase.
        """
        sale = self._sold_to(order)
        if (earlier := self.returns.get(return_id)) is not None:
            refuse_other_return(sale, earlier, order)
            return earlier, False
        if order.returned_at < sale.purchased_at:
            raise DomainError("earning.returned_before_sale", field="returned_at", sold_at=sale.purchased_at)
        check_date(order.returned_at, circumstances.now, circumstances.channel, "returned_at", may_date_back=order.may_date_back)
        back = self._wanted(sale, order)
        by = Bringing(order.pos_id, order.document_number.strip(), order.returned_at)
        returned = self._returned(sale, by, return_id, back)
        if returned.amount < 0:
            raise DomainError("earning.return_of_less_than_nothing", field="lines")
        if returned.amount_kept < 0:
            most = Money(returned.amount + returned.amount_kept, sale.currency)
            raise DomainError("earning.return_of_more_than_paid", field="lines", most=most, line=cheaper_by(sale.lines, self.kept, back))
        self.record(returned)
        return returned, True

    def void(self, order: VoidPurchase, return_id: UUID, now: datetime) -> tuple[GoodsReturned, bool]:
        """Take everything back because it should not have been recorded; False beside the event when it was void before.

        Raises DomainError on another day than its own, after a return, and without a reason.
        """
        sale = self._sold_to(order)
        if (earlier := self.returns.get(return_id)) is not None:
            return earlier, False
        zone = ZoneInfo(order.zone)
        if business_day(sale.purchased_at, zone) != business_day(now, zone):
            raise DomainError("earning.void_too_late", document=sale.document_number, sold_at=sale.purchased_at)
        if self.returns and not any(self.kept):
            raise DomainError("earning.nothing_left", document=sale.document_number)
        if self.returns:
            raise DomainError("earning.void_after_return", document=sale.document_number)
        reason = check_reason(order.reason)
        everything = {number: kept for number, kept in enumerate(self.kept, 1) if kept}
        goods = self._returned(sale, Bringing(sale.pos_id, "", max(now, sale.purchased_at)), return_id, everything)
        self.record(goods)
        self.record(
            PurchaseVoided(
                purchase_id=self.id,
                customer_id=self.customer_id,
                return_id=return_id,
                about_id=self.customer_id or self.id,
                reason=reason,
                voided_at=now,
            )
        )
        return goods, True

    def lose_rewards(self, lost: tuple[RewardDue, ...], goods: GoodsReturned) -> None:
        """Note that goods which came back cost these instant rewards; nothing where there are none."""
        if lost and self.customer_id is not None:
            told = {"purchase_id": self.id, "customer_id": self.customer_id, "return_id": goods.return_id}
            self.record(InstantRewardsLost(**told, instant_rewards=lost, lost_at=goods.returned_at))

    def values(self) -> tuple[int, ...]:
        """What the kept part of each line is worth, in minor units."""
        return tuple(line.value(kept) for line, kept in zip(self.sale.lines, self.kept, strict=True)) if self.sale else ()

    def history(self) -> Iterator[tuple[GoodsReturned, list[int], list[int]]]:
        """Each return in its order, with what of each line was kept before it and after."""
        if self.sale is None:
            return
        seen = Purchase.replay(self.id, [self.sale])
        for goods in self.returns.values():
            before = list(seen.kept)
            seen.evolve(goods)
            yield goods, before, list(seen.kept)

    def evolve(self, event: PurchaseFact) -> None:
        match event:
            case PurchaseRecorded():
                self.sale = self.decided = event
                self.customer_id, self.instant_rewards = event.customer_id, event.instant_rewards
                self.kept = [line.measure for line in event.lines]
            case PurchaseClaimed():
                self.customer_id, self.instant_rewards = event.customer_id, event.instant_rewards
                self.decided = self.sale and replace(
                    self.sale,
                    customer_id=event.customer_id,
                    standing=event.standing,
                    rules_position=event.rules_position,
                    seen=event.seen,
                    cuts=event.cuts,
                    instant_rewards=event.instant_rewards,
                    matched_by=event.matched_by,
                )
            case GoodsReturned():
                self.returns[event.return_id] = event
                for line in event.lines:
                    self.kept[line.line - 1] -= line.measure
            case InstantRewardsLost():
                self.instant_rewards = tuple(one for one in self.instant_rewards if one not in event.instant_rewards)
            case PurchaseVoided():
                self.voided_at = event.voided_at  # what it took away came back with the return beside it
            case ReturnDocumented():
                self.brings_back.add(event.purchase_id)
            case _:
                assert_never(event)

    def _sold_to(self, order: ReturnGoods | VoidPurchase) -> PurchaseRecorded:
        if self.sale is None:
            raise NotFound("earning.purchase_unknown", field="purchase_id")
        if self.sale.merchant_id != order.merchant_id:
            raise DomainError("earning.other_merchant", field="purchase_id")
        if self.customer_id != order.customer_id:
            raise Conflict("earning.other_customer", field="customer_id")
        return self.sale

    def _refuse_voided(self, sale: PurchaseRecorded, field: str) -> None:
        if self.voided_at is not None:
            raise DomainError("earning.purchase_is_void", field=field, document=sale.document_number, voided_at=self.voided_at)

    def _wanted(self, sale: PurchaseRecorded, order: ReturnGoods) -> dict[int, int]:
        self._refuse_voided(sale, "lines")
        if order.lines is not None:
            if not order.lines:
                raise DomainError("earning.return_names_no_line", field="lines")
            back = measures(order.lines, sale.lines)
            check_left(order.lines, back, sale.lines, self.kept, sale.currency)
        else:
            back = {number: left for number, left in enumerate(self.kept, 1) if left}
        if not back:
            raise DomainError("earning.nothing_left", field="lines", document=sale.document_number)
        return back

    def _returned(self, sale: PurchaseRecorded, by: Bringing, return_id: UUID, back: dict[int, int]) -> GoodsReturned:
        back = with_discounts(sale.lines, self.kept, back)
        left = [kept - back.get(number, 0) for number, kept in enumerate(self.kept, 1)]
        lines = tuple(self._returned_line(sale, number, measure) for number, measure in sorted(back.items()))
        return GoodsReturned(
            return_id=return_id,
            purchase_id=self.id,
            customer_id=self.customer_id,
            merchant_id=sale.merchant_id,
            pos_id=sale.pos_id,
            return_pos_id=by.pos_id,
            document_number=by.document_number,
            currency=sale.currency,
            amount=sum(line.amount for line in lines),
            amount_kept=sum(line.value(kept) for line, kept in zip(sale.lines, left, strict=True)),
            nothing_left=not any(left),
            lines=lines,
            exchanged=sale.exchanged(sale.worth(self.kept) - sale.worth(left)),
            returned_at=by.returned_at,
        )

    def _returned_line(self, sale: PurchaseRecorded, number: int, measure: int) -> ReturnedLine:
        line, kept = sale.lines[number - 1], self.kept[number - 1]
        quantity = None if line.quantity is None else Thousandths(measure)
        return ReturnedLine(line=number, quantity=quantity, amount=line.value(kept) - line.value(kept - measure))
