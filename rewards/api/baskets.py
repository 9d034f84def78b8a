"""`/api/v1/baskets`: rewards for one purchase are quoted, kept, freed, and bought with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import get_language

from customers.queries import customer
from earning.permissions import DATE_BACK, RECORD
from loyalty.api.idempotency import Answer
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.shapes import Minor, Moment, Points, RewardWords, Why, in_utc, shape_of, why, words
from rewards.commands import BasketAnswer, BasketLine, Choice, ConfirmBasket, HoldBasket, ReleaseBasket
from rewards.consent import shown_by_whom
from rewards.domain.totals import Totals
from rewards.permissions import USE
from rewards.places import any_place, basket_here, ids_of, place_named, recording_place

Seconds = Annotated[int, msgspec.Meta(ge=10, le=3600)]
LineShape = shape_of(BasketLine)
TotalsShape = shape_of(Totals)


class ChoiceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A reward that is bought with points (of cashback: how many), or a coupon that the customer has."""

    reward_id: UUID | None = None
    coupon_id: UUID | None = None
    points: Points | None = None


class OwnQuoteBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is about to be bought, at which point of sale (code or id), which rewards, and which basket it takes the place of; amounts are
    minor units.
    """

    pos: str
    lines: list[LineShape]  # type: ignore[valid-type]
    choices: list[ChoiceBody] = msgspec.field(default_factory=list)
    prices_include_tax: bool = True
    tax_rounding: Literal["line", "document"] = "line"
    replaces: UUID | None = None


class QuoteBody(OwnQuoteBody, forbid_unknown_fields=True, kw_only=True):
    """The same, and whose it is."""

    customer_id: UUID


class OwnBasketBody(OwnQuoteBody, forbid_unknown_fields=True):
    """The same, and for how long it is kept."""

    seconds: Seconds = 300


class BasketBody(OwnBasketBody, forbid_unknown_fields=True, kw_only=True):
    """The same, whose it is, and the member code that the customer shows where points are spent."""

    customer_id: UUID
    shown: str = ""


class ConfirmBasketBody(msgspec.Struct, forbid_unknown_fields=True):
    """Number, time (now, when it is left out) and means of payment of the purchase, and its `total` with the rewards (minor units) as it
    was shown to who confirms it: staff say it always. Another one than the basket's is refused.
    """

    document_number: str
    total: Minor | None = None
    purchased_at: Moment | None = None
    payment_method: str = ""


class QuotedShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reward that could be chosen: it alone takes `worth` (minor units) off. `missing` points are lacking, `why` says what else."""

    reward_id: UUID
    coupon_id: UUID | None
    text: RewardWords
    points: int
    wallet: str
    worth: int
    can_be_had: bool
    missing: int
    why: Why | None


class QuoteShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the basket costs with the rewards that were chosen, and all that could be chosen."""

    totals: TotalsShape  # type: ignore[valid-type]
    offers: list[QuotedShown]


class BasketView(CommandView):
    """An order about a basket."""

    permission = USE
    answer: ClassVar[Any] = BasketAnswer
    dry_runs = True

    def hold(self, body: Any, customer_id: UUID, by_customer: bool) -> HoldBasket:
        """The order to keep what a body says."""
        place = any_place(body.pos, self.tenant.id) if by_customer else place_named(self.principal, body.pos)
        merchant_id, pos_id = ids_of(place)
        if merchant_id is None:
            raise DomainError("rewards.place_missing", field="pos")
        return HoldBasket(
            customer_id=customer_id,
            merchant_id=merchant_id,
            pos_id=pos_id,
            lines=tuple(msgspec.convert(line, BasketLine, from_attributes=True) for line in body.lines),
            choices=tuple(Choice(reward_id=c.reward_id, coupon_id=c.coupon_id, points=c.points) for c in body.choices),
            prices_include_tax=body.prices_include_tax,
            tax_rounding=body.tax_rounding,
            seconds=getattr(body, "seconds", 300),
            replaces=body.replaces,
            by_customer=by_customer,
        )


class HoldBasketView(BasketView):
    """Keep rewards for a purchase, all of them or none; they are free again by themselves."""

    body: ClassVar[Any] = BasketBody
    status = 201

    def command(self, body: Any, **path: Any) -> Command[BasketAnswer]:
        order = self.order(body)
        if any(choice.reward_id for choice in order.choices):
            return replace(order, shown=shown_by_whom(self.principal, body.shown))
        return order

    def order(self, body: Any) -> HoldBasket:
        """The order of staff."""
        with reading(self.tenant.id):
            if body.replaces is not None:
                basket_here(self.principal, body.replaces, "replaces")
            return self.hold(body, customer(body.customer_id).id, by_customer=False)


class QuoteBasketView(HoldBasketView):
    """Say what rewards would take off a purchase, and what is missing for the rest. Nothing is kept."""

    body: ClassVar[Any] = QuoteBody
    writes = False
    status = 200
    answer = QuoteShown

    def command(self, body: Any, **path: Any) -> Command[BasketAnswer]:
        return self.order(body)

    def _tried(self, command: Command[Any]) -> Answer:
        with reading(self.tenant.id):
            return Answer(200, msgspec.json.encode(quoted(queries.quote(command))))  # type: ignore[arg-type]


class ReleaseBasketView(BasketView):
    """Let what is kept for a basket be free again."""

    def command(self, body: None, **path: Any) -> Command[BasketAnswer]:
        return ReleaseBasket(basket_id=basket_here(self.principal, path["basket_id"]).basket_id)


class ConfirmBasketView(BasketView):
    """Make the purchase of a basket: its rewards are used with it, or nothing is."""

    also = (RECORD,)
    body = ConfirmBasketBody

    def command(self, body: ConfirmBasketBody, **path: Any) -> Command[BasketAnswer]:
        held = basket_here(self.principal, path["basket_id"])
        place = recording_place(self.principal, held.pos_id)
        if body.total is None and self.principal.kind == "staff":
            raise DomainError("rewards.total_missing", field="total")
        return ConfirmBasket(
            basket_id=held.basket_id,
            document_number=body.document_number,
            document_scope=place.document_scope,
            purchased_at=in_utc(body.purchased_at, "purchased_at") or timezone.now(),
            zone=place.zone,
            currency=place.currency,
            payment_method=body.payment_method,
            total=body.total,
            may_date_back=self.principal.may(DATE_BACK),
        )


class OwnHoldBasketView(OwnView, BasketView):
    """Keep rewards for an own purchase; they are free again by themselves."""

    body: ClassVar[Any] = OwnBasketBody
    status = 201

    def command(self, body: Any, **path: Any) -> Command[BasketAnswer]:
        return self.hold(body, self.side_id, by_customer=True)


class OwnQuoteBasketView(OwnHoldBasketView):
    """Say what rewards would take off an own purchase, and what is missing for the rest. Nothing is kept."""

    body: ClassVar[Any] = OwnQuoteBody
    writes = False
    status = 200
    answer = QuoteShown
    _tried = QuoteBasketView._tried


class OwnReleaseBasketView(OwnView, BasketView):
    """Let what is kept for an own basket be free again."""

    def command(self, body: None, **path: Any) -> Command[BasketAnswer]:
        return ReleaseBasket(basket_id=path["basket_id"], customer_id=self.customer_id)


def quoted(found: queries.Quote) -> QuoteShown:
    """A quote as the API shows it."""
    language, totals = get_language() or "vi", msgspec.convert(found.totals, TotalsShape, from_attributes=True)
    return QuoteShown(totals=totals, offers=[_shown(one, language) for one in found.offers])


def _shown(one: queries.Quoted, language: str) -> QuotedShown:
    return QuotedShown(
        reward_id=one.reward_id,
        coupon_id=one.coupon_id,
        points=one.points,
        wallet=one.wallet,
        worth=one.worth,
        can_be_had=one.can_be_had,
        missing=one.missing,
        text=words(one.content, language),
        why=why(one.refusal),
    )
