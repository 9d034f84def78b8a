"""What can be asked at the counter: sales and returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from earning.domain.document import DocumentScope
from earning.domain.exchange import Exchange
from earning.domain.levels.ahead import LevelAhead, NextReward
from earning.domain.limits import Scarce
from earning.domain.lines import Line
from earning.domain.references import FoundBy, Reference, ReferenceKind
from earning.domain.returns import ReturnLine
from earning.domain.terms import Contribution, RewardDue, Wallet
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedInWallet:
    """What a purchase brought into one wallet, in its smallest unit: `points`, and the `balance` that the account holds now.

    `cut` points more would have come, had its `limits` had room for them: each with what was left of it, and what would have been enough.
    """

    wallet: Wallet
    points: int
    balance: int
    lot_id: UUID | None
    cut: int = 0
    limits: tuple[Scarce, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextInCatalogue:
    """A reward of the catalogue that a balance does not reach yet: its `name` in the reader's language, its price in `points` of the
    `wallet` (smallest unit), and how many of them are `missing`.
    """

    reward_id: UUID
    name: str
    wallet: Wallet
    points: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseAnswer:
    """What a purchase brought, and whom (None: nobody known). `points` are those it gave when it was recorded, `contributions`
    which rule gave them; `balance` is what the account holds now (None without a customer). `duplicate`: the document had been
    recorded before. `levels` are the codes of those that the customer has then, one for each level set that has one for them;
    `next_levels` is what is missing to the next ones, `next_reward` the nearest special reward or benefit of a level that they do not
    have yet (None: nothing lies ahead). `next_in_catalogue` is foreseen of a purchase that was not recorded yet: what they could buy next.
    `exchange` is what a purchase in another currency than the programme's counts. `matched_by` is what the document says of its customer
    by which they were found (`named`: nothing, somebody named them; None: nobody was found). `instant_rewards` are those that rules give
    besides points.

    `points`, `balance` and `lot_id` are of the wallet `points`, `contributions` of all; `wallets` are those that got something, or
    would have.
    """

    purchase_id: UUID
    customer_id: UUID | None
    points: int
    balance: int | None
    lot_id: UUID | None
    contributions: tuple[Contribution, ...]
    duplicate: bool
    levels: tuple[str, ...] = ()
    exchange: Exchange | None = None
    wallets: tuple[EarnedInWallet, ...] = ()
    next_levels: tuple[LevelAhead, ...] = ()
    next_reward: NextReward | None = None
    matched_by: FoundBy | None = None
    next_in_catalogue: NextInCatalogue | None = None
    instant_rewards: tuple[RewardDue, ...] = ()


@command
class RecordPurchase(Command[PurchaseAnswer]):
    """Record a sale document and give its points.

    The merchant, `document_scope`, `currency` and `zone` (IANA name) are those of the point of sale, from
    `pos.queries.sale_place`. The caller is trusted with them, nothing asks again: whoever takes an order from outside looks the
    place up, checks who may sell there, and lets no client name a scope or a zone.

    `total` and line totals are minor units; the lines must add up to the total. A sale known by its amount alone is one goods
    line without quantity: `lines=(Line(total=250_000),)`. Without a `customer_id` the purchase is kept and earns nothing yet.

    A document that says of its customer what `references` hold has the customer whom these found (`matched_by` the first of
    them that did), or None: then they are kept apart, and the purchase becomes that customer's who turns up with them. Such a
    document does not differ from the one recorded before by who was found then.

    A purchase in another `currency` than `home_currency`, that of the point of sale ("": the same), is converted where it is
    decided, at the rate in force when it was made: `exchange` is worked out then, and nobody gives it. Refusal:
    earning.exchange_rate_missing (params currency, into), earning.exchange_rate_later (and since).

    Who `may_date_back` is held to what the channel allows, others to what a till may (a day).

    The same document again, with the same content, changes nothing and answers with `duplicate`. Refusals:
    earning.document_differs (params `recorded` and `given`: the fields that differ), earning.document_is_a_return,
    earning.customer_unknown, earning.in_the_future, earning.too_long_ago, earning.older_than_allowed, earning.total_differs,
    earning.text_names_customer (a label or the payment method tells who the customer is) and others of shape.
    """

    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    document_scope: DocumentScope
    document_number: str
    purchased_at: datetime
    zone: str
    currency: str
    total: int
    lines: tuple[Line, ...]
    labels: dict[str, str] = field(default_factory=dict)
    prices_include_tax: bool = True
    payment_method: str = ""
    references: tuple[Reference, ...] = ()
    matched_by: ReferenceKind | None = None
    may_date_back: bool = True
    home_currency: str = ""
    exchange: Exchange | None = None

    @property
    def counted_in(self) -> str:
        """The currency in which it counts."""
        return self.home_currency or self.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswer:
    """What a claimed purchase brought: `points` for what was kept of it, and the `balance` that the account holds now, of the wallet
    `points`; `wallets` are all that got something, or would have. `duplicate`: it was this customer's before.
    """

    purchase_id: UUID
    customer_id: UUID
    points: int
    balance: int
    duplicate: bool
    wallets: tuple[EarnedInWallet, ...] = ()


@command
class ClaimPurchase(Command[ClaimAnswer]):
    """Give a purchase that was recorded without a customer to the one whose it is, with the points it would have brought.

    The rules are those in force when it was made; what came back since earns nothing. `matched_by` is what its document said of the
    customer by which they were found (None: somebody named them). Refusals: earning.purchase_unknown,
    earning.purchase_is_anothers (a Conflict: the first claim wins), earning.customer_unknown, earning.customer_inactive,
    earning.purchase_is_void, earning.nothing_left.
    """

    purchase_id: UUID
    customer_id: UUID
    matched_by: ReferenceKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAnswer:
    """What a claimed receipt brought; None when it is unknown, claimed before, or of no use: nobody is told which."""

    claimed: ClaimAnswer | None


@command
class ClaimReceipt(Command[ReceiptAnswer]):
    """Claim, for a customer, the purchase whose receipt they hold; `earning.queries.unclaimed_purchase` finds it (None: it did not).

    Each try counts, found or not; `zone` is the tenant's (IANA name). Refusal: earning.receipt_tries_used_up.
    """

    customer_id: UUID
    purchase_id: UUID | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFromWallet:
    """What a return took from one wallet, and what its account holds now, in the wallet's smallest unit."""

    wallet: Wallet
    points: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAnswer:
    """What a return took: `amount` is the value of the goods (minor units), `points` what was clawed back, `balance` what
    the account holds now, less what it owes (None without a customer), of the wallet `points`: with `overdraft` “debt” it may be below
    zero, where the account itself shows 0 and the rest as its debt. `wallets` are all that the purchase had brought something
    to. `duplicate`: the return had been recorded before.
    """

    return_id: UUID
    purchase_id: UUID
    amount: int
    points: int
    balance: int | None
    duplicate: bool
    wallets: tuple[TakenFromWallet, ...] = ()


@command
class ReturnGoods(Command[ReturnAnswer]):
    """Take goods of a purchase back, and the points they brought.

    `lines` None returns everything that is left. The return has a document number of its own, in the same space as those
    of purchases; one return document may bring back goods of several purchases (one command for each).
    `customer_id` and `merchant_id` are those of the purchase, `pos_id` (with its `document_scope` and `zone`) is where the
    goods come back; `earning.queries.goods_return` fills them in from the purchase. The merchant is compared with that of the
    purchase; with the rest the caller is trusted, as for `RecordPurchase`. `may_date_back` as for `RecordPurchase`.

    Refusals: earning.purchase_unknown, earning.document_differs, earning.document_is_a_purchase, earning.returned_too_much
    (params line, left), earning.purchase_is_void, earning.nothing_left, earning.returned_before_sale, earning.return_of_less_than_nothing
    and earning.return_of_more_than_paid (a discount comes back with its goods: params most, and the line that took something off), and
    others.
    """

    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    document_scope: DocumentScope
    document_number: str
    returned_at: datetime
    zone: str
    lines: tuple[ReturnLine, ...] | None = None
    may_date_back: bool = True


@command
class VoidPurchase(Command[ReturnAnswer]):
    """Take a whole purchase back because it should not have been recorded. Void again, it answers with `duplicate`.

    Whoever recorded it may, on the day of the purchase in the tenant's `zone` (IANA name); `earning.queries.voiding` fills in the
    rest. Refusals: earning.purchase_unknown, earning.other_merchant, earning.other_customer, earning.void_by_another,
    earning.void_too_late, earning.void_after_return, earning.reason_missing.
    """

    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    zone: str
    reason: str
