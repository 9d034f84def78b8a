"""What the ids in the events of earning belong to: rules, documents and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

import msgspec
from django.http import HttpRequest

from customers.queries import sides
from earning import queries
from earning.access import merchants_seen
from earning.admin import shown
from earning.domain.levels.terms import LevelTerms
from earning.level_wording import set_name
from earning.models import Account, LevelSet, Lot, Movement, Purchase, Rule
from earning.permissions import SEE_ACCOUNTS, SEE_LEVELS, SEE_PURCHASES, SEE_RULES
from loyalty.admin.naming import Ids, name_ids, named, rows


def of_rules(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """Their names."""
    found = rows(request, Rule, ids["rule_id"]).values_list("id", "name")
    return {key: named(request, name, "admin:earning_rule_change", key, SEE_RULES) for key, name in found}


def of_level_sets(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """What they are called in the reader's language."""
    found = rows(request, LevelSet, ids["set_id"]).values_list("id", "terms")
    called = ((key, set_name(msgspec.convert(terms, LevelTerms))) for key, terms in found)
    return {key: named(request, name, "admin:earning_levelset_change", key, SEE_LEVELS) for key, name in called}


def of_carries(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """The rules by which purchases count together."""
    found = queries.rules_that_carry()
    names = of_rules(request, {"rule_id": frozenset(found[key] for key in ids["carry_id"] if key in found)})
    return {key: names[found[key]] for key in ids["carry_id"] if key in found and found[key] in names}


def of_documents(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """Document numbers of purchases and returns, for those who may see them; a lot is known by the purchase that brought it."""
    lots = [*rows(request, Lot, ids["lot_id"]).only("id", "tenant_id", "purchase_id", "source", "earned_at")]
    brought = {lot.id: lot.purchase_id for lot in lots if lot.purchase_id is not None}
    documents = {row.id: row for row in _purchases(request, ids["purchase_id"] | ids["return_id"] | {*brought.values()})}
    numbers = {key: (row.document_number, key) for key, row in documents.items()}
    numbers |= {UUID(back["return_id"]): (back["document_number"], key) for key, row in documents.items() for back in row.returns}
    numbers |= {lot: numbers[purchase] for lot, purchase in brought.items() if purchase in numbers}
    told = {key: named(request, number, "admin:earning_purchase_change", at, SEE_PURCHASES) for key, (number, at) in numbers.items()}
    return {lot.id: _without_document(lot) for lot in lots if lot.purchase_id is None} | told


def _without_document(lot: Lot) -> str:
    """“Transfer, 7 Mar 2026, 3:05 PM”."""
    return f"{lot.get_source_display()}, {shown.moment(lot.earned_at, lot.tenant_id)}"


def of_spendings(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """When points were spent, which leads to the account they came from."""
    whose = {side for customer in ids["customer_id"] for side in sides(customer)}
    tenant_id = request.tenant.id  # type: ignore[attr-defined]
    accounts = Account.objects.filter(tenant_id=tenant_id, customer_id__in=whose).values("id")
    spent = Movement.objects.filter(tenant_id=tenant_id, account_id__in=accounts, operation_id__in=[*ids["spend_id"]], kind="spent")
    found = spent.values_list("operation_id", "effective_at", "account_id")
    page = "admin:earning_account_change"
    return {key: named(request, shown.moment(at, tenant_id), page, account, SEE_ACCOUNTS) for key, at, account in found if key}


def of_accounts(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """Whose they are."""
    wanted = ids["account_id"] | ids["to_account_id"] | ids["from_account_id"]
    held = dict(rows(request, Account, wanted).values_list("id", "customer_id"))
    known = shown.holders(held.values())
    return {
        key: named(request, known[customer].name, "admin:earning_account_change", key, SEE_ACCOUNTS)
        for key, customer in held.items()
        if customer in known
    }


def _purchases(request: HttpRequest, ids: Iterable[UUID]) -> Iterable[Purchase]:
    seen = merchants_seen(cast(Any, request.user).principal)
    found = rows(request, Purchase, ids).only("id", "document_number", "returns", "merchant_id")
    return found if seen is None else found.filter(merchant_id__in=seen)


name_ids(of_rules, "rule_id")
name_ids(of_level_sets, "set_id")
name_ids(of_carries, "carry_id")
name_ids(of_documents, "purchase_id", "return_id", "lot_id")
name_ids(of_spendings, "spend_id")
name_ids(of_accounts, "account_id", "to_account_id", "from_account_id")
