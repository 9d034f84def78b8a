"""`/api/v1/me/…`: what a customer sees of their own points and purchases, claims, and passes on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from customers.queries import sides
from earning import queries
from earning.api.accounts import Account, AccountView, BalanceView, EndingsView, LotsView, RemaindersView, StatementView
from earning.api.correcting import TransferView
from earning.api.customer_levels import CustomerLevelsView
from earning.api.explanations import Check, Turn, WorthInWallet, exchanged, in_wallets, shown
from earning.api.purchases import Exchanged, OwnPurchase, PurchaseInList, PurchasesQuery, PurchasesView, StateText
from earning.api.purchases import shown as purchase_shown
from earning.api.receipts import ClaimReceiptView
from earning.api.shapes import Limit, Moment, Movement
from earning.domain.rule_texts import called
from earning.domain.terms import kind_of
from earning.domain.wallets import Wallets
from earning.kinds.enough import enough
from earning.kinds.for_customers import UNTOLD, asked_of_customers, is_untold, told_to_customers
from earning.kinds.scopes import NOTHING_SEEN
from earning.streams import WALLET
from earning.wording import ORDER_OF_EVALUATION, sentence_of
from loyalty.api.own import OwnOrder, OwnQuery, OwnView
from loyalty.api.paging import Page
from loyalty.api.views import QueryView
from loyalty.domain.errors import NotFound
from loyalty.files.api import PhotoAddress
from loyalty.files.photos import address_of

OF_TWO = {"sent", "received", "pooled"}
"""Movements that name the account of somebody else."""


class OwnAccountView(OwnQuery, AccountView):
    """Show the own points account."""

    answer = Account

    def shown(self, found: queries.AccountCard) -> Account:
        return Account(**{name: getattr(found, name) for name in Account.__struct_fields__})


class OwnBalanceView(OwnQuery, BalanceView):
    """Show what the own account held at any time, as it was known at any time."""


class OwnLotsView(OwnQuery, LotsView):
    """List of what the own balance is made, the oldest first."""


class OwnEndingsView(OwnQuery, EndingsView):
    """Show what of the own points ends in the next 90 days, by day."""


class OwnRemaindersView(OwnQuery, RemaindersView):
    """Show what is left of full amounts, and what is missing to the next own points."""

    for_customer = True


class OwnLevelsView(OwnQuery, CustomerLevelsView):
    """Show the own levels, and what is missing to the next."""


class OwnReceiptView(OwnOrder, ClaimReceiptView):
    """Claim an own receipt by its number, total and date, five times a day."""

    rate = "claims"

    def customer(self, path: dict[str, Any]) -> UUID:
        return self.side_id


class OwnTransferView(OwnOrder, TransferView):
    """Pass own points on to another customer, of whom nothing is told. Five tries a day may fail."""

    def customer(self, path: dict[str, Any]) -> UUID:
        return self.side_id


class OwnStatementView(OwnQuery, StatementView):
    """List the movements of the own account, the latest first. Who sent or received points is not told."""

    for_customer = True

    def ask(self, query: Any, **path: Any) -> Page[Movement]:
        page: Page[Movement] = super().ask(query, **path)
        return Page([_of_one(line) for line in page.items], page.next)


class OwnPurchasesQuery(msgspec.Struct):
    """`state` narrows the list, as do a whole `document` number, and `since` ≤ time of the purchase < `until`."""

    state: StateText | None = None
    document: str = ""
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 50
    cursor: str | None = None


class OwnPurchasesView(OwnView, PurchasesView):
    """List own purchases, the latest first."""

    query = OwnPurchasesQuery

    def ask(self, query: Any, **path: Any) -> Page[PurchaseInList]:
        return super().ask(PurchasesQuery(customer_id=self.customer_id, **msgspec.structs.asdict(query)), **path)


class OwnPurchaseView(OwnView, QueryView):
    """Show an own purchase, with its lines, its returns and its points."""

    answer = OwnPurchase

    def ask(self, query: None, **path: Any) -> OwnPurchase:
        found = purchase_shown(_own(path["purchase_id"], self.customer_id), None)
        told = {name: getattr(found, name) for name in OwnPurchase.__struct_fields__}
        return OwnPurchase(**told | {"movements": [_of_one(line) for line in found.movements]})


class OwnExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """Each rule that was in force, in the order of evaluation, which `order_sentence` tells; `points` are what they give together into the
    wallet `points`, `wallets` what into each. Amounts are minor units of `currency`, the programme's; `exchange` says how a purchase in
    another one came to count in it.
    """

    purchase_id: UUID
    currency: str
    exchange: Exchanged | None
    earns: bool
    points: int
    wallets: list[WorthInWallet]
    order_sentence: str
    rules: list[Turn]


class OwnExplanationView(OwnView, QueryView):
    """Explain the points of an own purchase."""

    answer = OwnExplanation

    def ask(self, query: None, **path: Any) -> OwnExplanation:
        found = queries.explanation(_own(path["purchase_id"], self.customer_id).purchase_id, for_customer=True)
        wallets = queries.wallets_here()
        return OwnExplanation(
            purchase_id=found.purchase_id,
            currency=found.currency,
            exchange=exchanged(found),
            earns=found.earns,
            points=found.points.get(WALLET, 0),
            wallets=in_wallets(found.points, found.cuts, wallets),
            order_sentence=str(ORDER_OF_EVALUATION),
            rules=[_turn(one, found.currency, wallets) for one in found.rules],
        )


class PublicRule(msgspec.Struct, frozen=True):
    """A rule in force: its name (its sentence, where none was given for customers), description and photo, what it gives, and what it
    asks of a purchase, in words.
    """

    rule_id: UUID
    name: str
    description: str
    wallet: str
    kind: str
    sentence: str
    conditions: list[str]
    photo: PhotoAddress = ""


class RulesInForceView(OwnView, QueryView):
    """List the rules by which own purchases give points now. Those for other levels and segments are left out."""

    answer = list[PublicRule]

    def ask(self, query: None, **path: Any) -> list[PublicRule]:
        found, wallets = queries.rules_for(self.customer_id), queries.wallets_here()
        return [_public(card, self.tenant.currency, wallets) for card in found]


def _public(card: queries.RuleCard, currency: str, wallets: Wallets) -> PublicRule:
    kind, sentence = kind_of(card.terms), sentence_of(card.terms, wallets.unit(card.wallet))
    conditions = [said for _name, said in asked_of_customers(card.scope, currency)]
    told = called(sentence, card.texts, get_language() or "")
    return PublicRule(card.rule_id, told.name, told.description, card.wallet, kind, sentence, conditions, address_of(card.photo))


def _own(purchase_id: UUID, customer_id: UUID) -> queries.PurchaseCard:
    """The customer's purchase; one of somebody else looks like none."""
    found = queries.purchase(purchase_id, for_customer=True)
    if found.customer_id not in sides(customer_id):
        raise NotFound("earning.purchase_unknown")
    return found


def _turn(one: queries.ExplainedRule, currency: str, wallets: Wallets) -> Turn:
    scope, unit = one.explained.rule.scope, wallets.unit(one.explained.rule.wallet)
    whole = shown(one, currency, wallets)
    checks = [Check(c.name, str(UNTOLD[c.name]), c.met, NOTHING_SEEN) if is_untold(c.name, scope) else c for c in whole.checks]
    changed = {"checks": checks, "enough": list(enough(told_to_customers(one.explained), currency, unit))}
    return Turn(**{name: getattr(whole, name) for name in Turn.__struct_fields__} | changed)


def _of_one(line: Movement) -> Movement:
    return msgspec.structs.replace(line, reference_id=None) if line.kind in OF_TWO else line
