"""The demo's rewards, and what customers had of them: bought with points, used at the till, given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from earning.commands import RecordPurchase
from loyalty.bus import Outcome
from loyalty.domain.command import Command
from loyalty.domain.identity import derived_id
from rewards.commands import (
    ActivateReward,
    BenefitOfKind,
    CancelCoupon,
    Cashback,
    CreateReward,
    Custom,
    CustomerLimit,
    DiscountAmount,
    DiscountPercent,
    EventAccess,
    FreeDelivery,
    FreeProduct,
    LuckyDraw,
    MaterialGift,
    PauseReward,
    PriceForSome,
    Prize,
    RedeemReward,
    RewardContent,
    RewardPrice,
    RewardTerms,
    RewardText,
    RewardWindow,
    UseCoupon,
    ValueCode,
)

Deed = tuple[Command[Any], datetime, str]
Text = tuple[str, str, str]
"""Name, short text and conditions."""
Sold = tuple[RecordPurchase, UUID]
"""A purchase, and its id."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFERED_FOR = 60 * DAY


@dataclass(frozen=True, slots=True)
class Offered:
    """A reward of the demo: what staff call it, its terms with the merchant `at` which it is good ("" for all), its texts by language,
    and when it was activated before now (below zero: it will be; None: it is a draft). Every so many customers (`every`) bought it,
    from number `first` on.
    """

    key: str
    name: str
    terms: RewardTerms
    texts: dict[str, Text]
    at: str = ""
    activated: timedelta | None = OFFERED_FOR
    paused: bool = False
    first: int = 0
    every: int = 0

    def content(self, merchants: tuple[UUID, ...]) -> RewardContent:
        """What is drafted, good at these merchants."""
        told = self.texts.items()
        texts = tuple(RewardText(language=lang, name=name, short=short, conditions=rules) for lang, (name, short, rules) in told)
        return RewardContent(name=self.name, terms=replace(self.terms, merchants=merchants), texts=texts)


def _terms(benefit: Any, points: int, **more: Any) -> RewardTerms:
    return RewardTerms(gives=BenefitOfKind.of(benefit), price=RewardPrice(points=points), **more)


SEN_VANG = (
    Offered(
        "coffee", "Cà phê miễn phí",
        _terms(FreeProduct(skus=("CF01", "CF02", "CF03")), 35, cost=12_000, category="Đồ uống", featured=True, public=True,
               valid_days=30, limits=(CustomerLimit(most=2, period="week"),)),
        {"vi": ("Cà phê miễn phí", "Một ly cà phê bất kỳ", "- Cà phê sữa đá, bạc xỉu hoặc cà phê đen\n- Tại **mọi quán Sen Vàng**"),
         "en": ("Free coffee", "One coffee of your choice", "- Iced milk coffee, bạc xỉu or black coffee\n- At **every Sen Vàng café**"),
         "pl": ("Darmowa kawa", "Jedna kawa do wyboru", "- Kawa mrożona z mlekiem, bạc xỉu lub czarna\n- W **każdej kawiarni Sen Vàng**")},
        at="cafe", first=0, every=7,
    ),
    Offered(
        "twenty", "Giảm 20.000 ₫ cho hóa đơn từ 100.000 ₫",
        _terms(DiscountAmount(amount=20_000), 20, minimum_basket=100_000, category="Đồ uống", public=True, valid_days=60,
               limits=(CustomerLimit(most=1, period="day"),)),
        {"vi": ("Giảm 20.000 ₫", "Cho hóa đơn từ 100.000 ₫", "Mỗi ngày một lần."),
         "en": ("20,000 ₫ off", "For purchases of 100,000 ₫ or more", "Once a day."),
         "pl": ("20 000 ₫ rabatu", "Przy zakupach od 100 000 ₫", "Raz dziennie.")},
        at="cafe", first=1, every=9,
    ),
    Offered(
        "accessories", "Giảm 10% phụ kiện",
        _terms(DiscountPercent(basis_points=1_000, most=200_000), 80, categories=("Phụ kiện",), category="Điện máy", public=True,
               valid_days=30, limits=(CustomerLimit(most=1, period="month"),)),
        {"vi": ("Giảm 10% phụ kiện", "Tai nghe, sạc, cáp – tối đa 200.000 ₫", "Tại **Điện máy Ánh Dương**."),
         "en": ("10% off accessories", "Headphones, chargers, cables – at most 200,000 ₫", "At **Điện máy Ánh Dương**."),
         "pl": ("10% rabatu na akcesoria", "Słuchawki, ładowarki, kable – najwyżej 200 000 ₫", "W **Điện máy Ánh Dương**.")},
        at="electronics", first=2, every=12,
    ),
    Offered(
        "points-pay", "Trả bằng điểm",
        _terms(Cashback(per_point=Decimal(500), least=20, most=500), 0, category="Điện máy"),
        {"vi": ("Trả bằng điểm", "Mỗi điểm trả 500 ₫", "Từ 20 đến 500 điểm cho một giao dịch."),
         "en": ("Pay with points", "Each point pays 500 ₫", "From 20 to 500 points for one purchase."),
         "pl": ("Płać punktami", "Każdy punkt to 500 ₫", "Od 20 do 500 punktów na jeden zakup.")},
    ),
    Offered(
        "voucher", "Thẻ quà 100.000 ₫",
        _terms(ValueCode(amount=100_000), 120, stock=50, daily_budget=1_000_000, valid_days=90, category="Quà tặng", code_prefix="SEN"),
        {"vi": ("Thẻ quà 100.000 ₫", "Dùng như tiền mặt, một lần", "Dùng trong 90 ngày."),
         "en": ("Gift code 100,000 ₫", "Pays like cash, once", "Good for 90 days."),
         "pl": ("Kod podarunkowy 100 000 ₫", "Płaci jak gotówka, jeden raz", "Ważny 90 dni.")},
        first=3, every=14,
    ),
    Offered(
        "delivery", "Miễn phí giao hàng",
        _terms(FreeDelivery(most=30_000), 15, prices_for_some=(PriceForSome(points=5, level="gold"),), category="Quà tặng", valid_days=30),
        {"vi": ("Miễn phí giao hàng", "Giảm đến 30.000 ₫ phí giao", "Hạng Vàng chỉ cần 5 điểm."),
         "en": ("Free delivery", "Up to 30,000 ₫ off delivery", "Gold members pay 5 points only."),
         "pl": ("Darmowa dostawa", "Do 30 000 ₫ mniej za dostawę", "Poziom złoty płaci tylko 5 punktów.")},
        first=4, every=16,
    ),
    Offered(
        "flask", "Bình giữ nhiệt Sen Vàng",
        _terms(MaterialGift(sku="QT01"), 150, stock=20, cost=85_000, limits=(CustomerLimit(most=1),), category="Quà tặng", featured=True),
        {"vi": ("Bình giữ nhiệt Sen Vàng", "Bình 500 ml, giữ nóng 8 giờ", "Nhận tại quán. Mỗi khách một bình."),
         "en": ("Sen Vàng flask", "500 ml, hot for 8 hours", "Taken at the café. One for each customer."),
         "pl": ("Termos Sen Vàng", "500 ml, ciepło przez 8 godzin", "Odbiór w kawiarni. Jeden na klienta.")},
        at="cafe", first=5, every=23,
    ),
    Offered(
        "draw", "Vòng quay cuối tuần",
        _terms(LuckyDraw(prizes=(Prize(code="Vé xem phim", weight=1, stock=10), Prize(code="Bánh flan", weight=5, stock=100),
                                 Prize(code="Chúc may mắn lần sau", weight=14))), 10,
               active=RewardWindow(weekdays=(6, 7)), category="Trải nghiệm", limits=(CustomerLimit(most=1, period="day"),)),
        {"vi": ("Vòng quay cuối tuần", "Quay là có cơ hội trúng vé xem phim", "Thứ Bảy và Chủ nhật."),
         "en": ("Weekend draw", "Cinema tickets may be yours", "Saturdays and Sundays."),
         "pl": ("Losowanie weekendowe", "Do wygrania bilety do kina", "W soboty i niedziele.")},
    ),
    Offered(
        "first-buy", "Mua trước điện thoại Sao Bắc 6",
        _terms(EventAccess(place="Ánh Dương Quận 3"), 0, levels=("gold",), stock=30, category="Trải nghiệm"),
        {"vi": ("Mua trước Sao Bắc 6", "Dành cho hạng Vàng", "Một máy cho mỗi khách."),
         "en": ("Sao Bắc 6 before all others", "For gold members", "One phone for each customer."),
         "pl": ("Sao Bắc 6 przed innymi", "Dla poziomu złotego", "Jeden telefon na klienta.")},
        at="electronics", activated=-7 * DAY,
    ),
    Offered(
        "summer", "Trà đào mùa hè", _terms(Custom(), 25, category="Đồ uống"),
        {"vi": ("Trà đào mùa hè", "Đổi size miễn phí", "Hẹn mùa hè sau."),
         "en": ("Summer peach tea", "A larger one for free", "Back next summer."),
         "pl": ("Letnia herbata brzoskwiniowa", "Większa za darmo", "Wraca następnego lata.")},
        at="cafe", paused=True,
    ),
    Offered("tet", "Hộp quà Tết", _terms(MaterialGift(sku="QT02", delivered=True), 400, stock=100, category="Quà tặng"), {}, activated=None),
)  # fmt: skip
POD_LIPA = (
    Offered(
        "tea", "Darmowa herbata", _terms(FreeProduct(skus=("H01", "H02")), 60, cost=300, category="Herbaty", public=True, featured=True),
        {"pl": ("Darmowa herbata", "Dowolna z karty", "Raz na wizytę.")},
        first=0, every=4,
    ),
    Offered("ten", "10% rabatu", _terms(DiscountPercent(basis_points=1_000, most=2_000), 40, valid_days=30), {}, first=1, every=6),
)  # fmt: skip


def seed(
    do: Callable[..., Sequence[Outcome]],
    found: Sequence[Offered],
    tenant_id: int,
    merchants: Mapping[str, UUID],
    customers: Sequence[UUID],
    between: tuple[datetime, datetime],
    sold: Sequence[Sold],
) -> None:
    """Offer the rewards, and let customers buy some as far as their points go, use most on a purchase of theirs that was `sold`, and give
    a few back. `do` carries out deeds.
    """
    opening, now = between
    do([*_offered(found, tenant_id, merchants, opening, now)])
    planned = sorted(_bought(found, tenant_id, merchants, customers, now, sold), key=lambda one: one[0][1])
    outcomes = do([deed for deed, _ in planned], may_refuse="earning.not_enough_points")
    had = [(derived_id("demo", tenant_id, deed[2]), *one) for (deed, one), done in zip(planned, outcomes, strict=True) if _is_had(done)]
    do([*_used(had, now)])


def _is_had(done: Outcome) -> bool:
    return done.refusal is None or done.refusal.code == "command.applied"


def _offered(found: Sequence[Offered], tenant_id: int, merchants: Mapping[str, UUID], opening: datetime, now: datetime) -> Iterator[Deed]:
    for one in found:
        content = one.content((merchants[one.at],) if one.at else ())
        yield CreateReward(content=content), opening, f"reward {one.key}"
        if one.activated is not None:
            since, reward_id = now - one.activated, derived_id("demo", tenant_id, f"reward {one.key}")
            yield ActivateReward(reward_id=reward_id, effective_at=since), min(since, now), f"reward {one.key} active"
            if one.paused:
                yield PauseReward(reward_id=reward_id), now - DAY, f"reward {one.key} paused"


def _bought(
    found: Sequence[Offered],
    tenant_id: int,
    merchants: Mapping[str, UUID],
    customers: Sequence[UUID],
    now: datetime,
    sold: Sequence[Sold],
) -> Iterator[tuple[Deed, tuple[Offered, datetime, Sold | None]]]:
    """In the last three weeks, shortly before a purchase where they made one; with the reward, the time and that purchase."""
    visits: dict[tuple[UUID | None, UUID], list[Sold]] = {}
    for one in sold:
        if one[0].purchased_at > now - 21 * DAY:
            visits.setdefault((one[0].customer_id, one[0].merchant_id), []).append(one)
    for offered in found:
        for number, customer_id in enumerate(customers[offered.first :: offered.every] if offered.every else ()):
            made = visits.get((customer_id, merchants[offered.at or next(iter(merchants))]))
            visit = made[number % len(made)] if made else None
            at = visit[0].purchased_at - HOUR / 4 if visit else now - (1 + number * 5 % 20) * DAY - number % 9 * HOUR
            reward_id = derived_id("demo", tenant_id, f"reward {offered.key}")
            order = RedeemReward(customer_id=customer_id, reward_id=reward_id)
            yield (order, at, f"coupon {offered.key} {customer_id}"), (offered, at, visit)


def _used(coupons: Sequence[tuple[UUID, Offered, datetime, Sold | None]], now: datetime) -> Iterator[Deed]:
    """Two thirds are used soon, every ninth is given back."""
    for number, (coupon_id, offered, at, visit) in enumerate(coupons):
        later = min(at + 3 * HOUR, now)
        if number % 9 == 8:
            yield CancelCoupon(coupon_id=coupon_id, reason="Khách đổi ý"), later, f"cancelled {coupon_id}"
        elif number % 3 != 1:
            yield _use(coupon_id, offered, visit), at + HOUR / 3 if visit else later, f"used {coupon_id}"


def _use(coupon_id: UUID, offered: Offered, visit: Sold | None) -> UseCoupon:
    """On the purchase, where there is one with goods that it is for, for what it takes off them."""
    terms = offered.terms
    meant = sum(line.total for line in visit[0].lines if not terms.categories or line.category in terms.categories) if visit else 0
    if visit is None or not meant:
        return UseCoupon(coupon_id=coupon_id)
    sale, purchase_id = visit
    worth = terms.benefit.worth(meant, 0, 0) if isinstance(terms.benefit, DiscountAmount | DiscountPercent) else 0
    return UseCoupon(coupon_id=coupon_id, merchant_id=sale.merchant_id, pos_id=sale.pos_id, purchase_id=purchase_id, worth=worth)
