"""The terms of a reward: what it gives, costs, and asks. What a customer has was sold under one version of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from loyalty.domain.errors import DomainError
from loyalty.domain.naming import Naming
from loyalty.domain.period import LimitPeriod
from loyalty.domain.points import LARGEST as MOST_POINTS
from rewards.domain.checks import check_amount, check_text
from rewards.domain.code import check_prefix
from rewards.domain.kinds import Benefit, BenefitOfKind, Cashback
from rewards.domain.windows import ALWAYS, RewardWindow

LANGUAGES = ("vi", "en", "pl")
MOST_STOCK, MOST_DAYS, MOST_LISTED, MOST_ORDER, WHOLE = 10**9, 3660, 500, 9_999, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardPrice:
    """What it costs: `points` of a `wallet` (its smallest unit), and `amount` (minor units) to be paid beside."""

    points: int = 0
    wallet: str = "points"
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceForSome:
    """Who has the level, or is in the segment, pays so many `points` instead; of several the least."""

    points: int
    level: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLimit:
    """A customer gets at most `most` in each `period`."""

    most: int
    period: LimitPeriod = "ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyAccess:
    """Who has the `level` can have it so many `hours` before everybody."""

    level: str
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardText:
    """What a reward is called and says in one language: plain texts and, for `conditions` and `how_to_use`, Markdown."""

    language: str
    name: str
    short: str = ""
    conditions: str = ""
    how_to_use: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTerms:
    """All that decides who may have a reward and what for. Amounts are minor units of the programme's currency.

    `cost` is what one costs the company (it counts towards `daily_budget`), `tax_rate` is in basis points. Of `stock` None there are
    enough. Usable at these `merchants` and `points_of_sale` (none: at all). A coupon is usable `valid_after_days` days after it was
    issued, for `valid_days` days (None: without an end). Those in one `exclusive_group` are not used together; "" goes with everything
    that is not `alone`. `codes`: "generated" for each coupon, taken from "stock", or one that all of them share ("shared"). Of one
    category those of a smaller `sort_order` stand first, after what is `featured`; a category stands where its smallest one says.
    """

    gives: BenefitOfKind
    price: RewardPrice = RewardPrice()
    prices_for_some: tuple[PriceForSome, ...] = ()
    cost: int = 0
    tax_rate: int | None = None
    visible: RewardWindow = ALWAYS
    active: RewardWindow = ALWAYS
    stock: int | None = None
    limits: tuple[CustomerLimit, ...] = ()
    daily_budget: int | None = None
    merchants: tuple[UUID, ...] = ()
    points_of_sale: tuple[UUID, ...] = ()
    minimum_basket: int = 0
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    alone: bool = False
    exclusive_group: str = ""
    valid_after_days: int = 0
    valid_days: int | None = None
    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    early_access: tuple[EarlyAccess, ...] = ()
    codes: str = "generated"
    code_prefix: str = ""
    public: bool = False
    featured: bool = False
    category: str = ""
    labels: tuple[str, ...] = ()
    more_at: str = ""
    sold: bool = True
    sort_order: int = 0

    @property
    def benefit(self) -> Benefit:
        """What it gives."""
        return self.gives.benefit

    def check(self) -> None:
        """Raises DomainError with the field at fault."""
        if len(self.gives.all) != 1:
            raise DomainError("rewards.kind_missing", field="terms.gives")
        _said_of("terms.gives", self.benefit)
        self._check_price()
        self._check_bounds()
        self.visible.check("terms.visible")
        self.active.check("terms.active")
        self._check_texts()

    def _check_price(self) -> None:
        check_amount(self.price.points, "terms.price.points", most=MOST_POINTS)
        check_amount(self.price.amount, "terms.price.amount")
        check_amount(self.cost, "terms.cost")
        if isinstance(self.benefit, Cashback) and (self.price.points or self.prices_for_some):
            raise DomainError("rewards.cashback_has_no_price", field="terms.price.points")
        for place, one in enumerate(self.prices_for_some):
            check_amount(one.points, f"terms.prices_for_some.{place}.points", most=MOST_POINTS)
            if bool(one.level) == bool(one.segment):
                raise DomainError("rewards.price_for_whom", field=f"terms.prices_for_some.{place}.level")

    def _check_bounds(self) -> None:
        for name, most in {"stock": MOST_STOCK, "daily_budget": None, "valid_days": MOST_DAYS, "tax_rate": WHOLE}.items():
            if (value := getattr(self, name)) is not None:
                check_amount(value, f"terms.{name}", least=int(name in {"valid_days", "daily_budget"}), **({"most": most} if most else {}))
        check_amount(self.valid_after_days, "terms.valid_after_days", most=MOST_DAYS)
        check_amount(self.minimum_basket, "terms.minimum_basket")
        check_amount(self.sort_order, "terms.sort_order", most=MOST_ORDER)
        for place, limit in enumerate(self.limits):
            check_amount(limit.most, f"terms.limits.{place}.most", least=1, most=MOST_STOCK)
        if len({limit.period for limit in self.limits}) < len(self.limits):
            raise DomainError("rewards.limit_twice", field="terms.limits")
        for place, early in enumerate(self.early_access):
            check_amount(early.hours, f"terms.early_access.{place}.hours", least=1, most=MOST_DAYS * 24)

    def _check_texts(self) -> None:
        for name in ("merchants", "points_of_sale", "skus", "categories", "levels", "segments", "labels", "limits", "early_access"):
            if len(getattr(self, name)) > MOST_LISTED:
                raise DomainError("rewards.too_many_listed", field=f"terms.{name}", most=MOST_LISTED)
        for name in ("skus", "categories", "levels", "segments", "labels"):
            for place, text in enumerate(getattr(self, name)):
                check_text(text, 100, f"terms.{name}.{place}", needed=True)
        check_text(self.exclusive_group, 40, "terms.exclusive_group")
        check_text(self.category, 100, "terms.category")
        check_text(self.more_at, 500, "terms.more_at")
        if self.more_at and not self.more_at.startswith("https://"):
            raise DomainError("rewards.link_invalid", field="terms.more_at")
        if self.codes not in {"generated", "stock", "shared"}:
            raise DomainError("rewards.codes_invalid", field="terms.codes")
        check_prefix(self.code_prefix, "terms.code_prefix")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardContent:
    """One version of a reward: what staff call it, its terms, its texts and pictures (names of kept photos, "" for none)."""

    name: str
    terms: RewardTerms
    texts: tuple[RewardText, ...] = ()
    photos: tuple[str, ...] = field(default=())
    icon: str = ""

    @property
    def naming(self) -> Naming:
        """What staff call it, and what customers do."""
        return Naming(self.name, tuple((text.language, text.name) for text in self.texts))

    def called(self, language: str) -> RewardText:
        """What it is called in a language; where nobody said so, as staff call it."""
        plain = RewardText(language=language, name=self.name)
        return next((text for text in self.texts if text.language == language), self.texts[0] if self.texts else plain)


def check_texts(texts: tuple[RewardText, ...]) -> None:
    """Raises DomainError for a language twice, or unknown, and for texts that are too long. No texts at all are possible."""
    told = [text.language for text in texts]
    if not set(told) <= set(LANGUAGES) or len(set(told)) < len(told):
        raise DomainError("rewards.languages_invalid", field="texts")
    longest = {"name": 120, "short": 300, "conditions": 8000, "how_to_use": 8000, "brand": 120}
    for place, text in enumerate(texts):
        for name, most in longest.items():
            check_text(getattr(text, name), most, f"texts.{place}.{name}", needed=name == "name")


def _said_of(part: str, benefit: Benefit) -> None:
    try:
        benefit.check()
    except DomainError as refusal:
        raise refusal.at(f"{part}.{refusal.field}") from None
