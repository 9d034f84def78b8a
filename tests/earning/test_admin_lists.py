"""Lists of rules, levels, wallets, corrections and transfers: narrowed, searched, and taken away as files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from customers.commands import RegisterCustomer
from earning.commands import (
    ActivateRule,
    AdjustPoints,
    BlockAccount,
    ConfigureWallet,
    CreateLevelSet,
    CreateRule,
    Expiry,
    InstallStarterLevels,
    PointsPerAmount,
    ProductPoints,
    SetExchangeRate,
    TransferPoints,
    WalletTerms,
)
from earning.domain.levels.terms import Level
from earning.models import Transfer
from earning.queries.wallets import STANDARD_UNITS
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.admin_kit.test_export import rows_of
from tests.earning.counter import Counter
from tests.earning.levels_given import named, terms
from tests.support.client import visitor
from tests.support.pages import text_of

RULES, LEVELS, WALLETS, CORRECTIONS, TRANSFERS, ACCOUNTS, SETS = (
    f"/admin/earning/{name}/" for name in ("rule", "level", "wallet", "correction", "transfer", "account", "levelset")
)
WHERE = (ACCOUNTS, TRANSFERS, CORRECTIONS, RULES)


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def told(answer: Any) -> list[dict[str, str]]:
    titles, *rows = rows_of(answer)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_rules_are_found_without_accents_and_taken_away(counter: Counter, admin_site: Any) -> None:
    for name in ("Đường về nhà", "=2+2"):
        made = counter.do(CreateRule(name=name, terms=PointsPerAmount(points=Decimal(1), per=10_000, currency="VND")))
        counter.do(ActivateRule(rule_id=made.rule_id))
    assert "Đường về nhà" in text_of(admin_site.get(RULES, {"q": "DUONG nha"}))
    assert "=2+2" not in text_of(admin_site.get(RULES, {"q": "DUONG nha"}))
    assert [admin_site.get(RULES, {"q": typed}).status_code for typed in ("\0", "%", "９９", "x" * 5000)] == [200] * 4
    [found] = told(admin_site.get(f"{RULES}export/", {"q": "duong"}))
    assert (found["Name"], found["What it does"], found["When"], found["State"], found["Version"]) == (
        "Đường về nhà", "1 point for each ₫10,000 spent, in proportion, rounded down.", "Every purchase.", "Active", "1"
    )  # fmt: skip
    assert {row["Name"] for row in told(admin_site.get(f"{RULES}export/", {"state": "active"}))} == {"Đường về nhà", "'=2+2"}
    assert told(admin_site.get(f"{RULES}export/", {"state": "paused"})) == []


def test_levels_are_narrowed_found_and_taken_away(tenant: Tenant, counter: Counter, admin_site: Any) -> None:
    classic = counter.do(InstallStarterLevels(starter="classic", currency="VND")).set_id
    counter.do(InstallStarterLevels(starter="prime", currency="VND"))
    of_one = told(admin_site.get(f"{LEVELS}export/", {"set": str(classic)}))
    assert {row["Code"] for row in of_one} == {"member", "bronze", "silver", "gold"}
    for typed in ("dong", "BRĄZ", "bronze"):
        [found] = told(admin_site.get(f"{LEVELS}export/", {"q": typed}))
        assert (found["Level set"], found["Level"], found["What it asks for"]) == ("Member, Bronze, Silver, Gold", "Bronze", "20 points")
    assert admin_site.get(LEVELS, {"set": "x"}).status_code == 200


def test_level_sets_are_narrowed_found_by_their_levels_and_taken_away(counter: Counter, admin_site: Any) -> None:
    for starter in ("classic", "prime"):
        counter.do(InstallStarterLevels(starter=starter, currency="VND"))
    [found] = told(admin_site.get(f"{SETS}export/", {"q": "dong"}))
    assert [found[title] for title in ("Name", "Levels", "State", "Earlier purchases count", "Version")] == [
        "Member, Bronze, Silver, Gold", "Member, Bronze, Silver, Gold", "Draft", "no", "1"
    ]  # fmt: skip
    assert [len(told(admin_site.get(f"{SETS}export/", {"state__exact": state}))) for state in ("draft", "active")] == [2, 0]


def test_accounts_transfers_corrections_and_rules_are_narrowed_by_their_wallet(counter: Counter, admin_site: Any, admin_user: User) -> None:
    sender, recipient = counter.customer(first_name="Lan"), counter.do(RegisterCustomer(first_name="Nam", last_name="Trần")).customer_id
    for page in WHERE:
        assert "By Wallet" not in text_of(admin_site.get(page)), page
    counter.do(ConfigureWallet(code="stars", decimals=0, units=STANDARD_UNITS, terms=WalletTerms(approval_above=100)))
    for wallet in ("points", "stars"):
        counter.do(AdjustPoints(customer_id=sender, points=50, reason="welcome", wallet=wallet))
    counter.do(TransferPoints(customer_id=sender, recipient_id=recipient, points=30, wallet="stars"))
    counter.do_as(f"staff:{admin_user.id}", AdjustPoints(customer_id=sender, points=101, reason="prize", wallet="stars"))
    counter.do(BlockAccount(customer_id=recipient, reason="lost", wallet="stars"))
    counter.do(CreateRule(name="Stars", terms=ProductPoints(points=Decimal(1)), wallet="stars"))
    counts = {page: [len(told(admin_site.get(f"{page}export/", {"wallet": one}))) for one in ("points", "stars", "none")] for page in WHERE}
    assert counts == {ACCOUNTS: [1, 2, 0], TRANSFERS: [0, 1, 0], CORRECTIONS: [0, 1, 0], RULES: [0, 1, 0]}
    for page in WHERE:
        assert {(row["Wallet"], row["Unit of the wallet"]) for row in told(admin_site.get(f"{page}export/", {"wallet": "stars"}))} == {
            ("stars", "Points")
        }, page
    assert "By Wallet" in text_of(admin_site.get(TRANSFERS))
    assert [row["Customer"] for row in told(admin_site.get(f"{ACCOUNTS}export/", {"blocked__exact": "1"}))] == ["Trần Nam"]
    assert [len(told(admin_site.get(f"{RULES}export/", {"kind": kind}))) for kind in ("product_points", "multiplier")] == [1, 0]


def test_exchange_rates_are_taken_away(counter: Counter, admin_site: Any, admin_user: User) -> None:
    for currency, rate in (("USD", "25400.5"), ("EUR", "29000")):
        counter.do_as(f"staff:{admin_user.id}", SetExchangeRate(currency=currency, rate=Decimal(rate), into="VND"))
    [found] = told(admin_site.get("/admin/earning/exchangerate/export/", {"currency": "USD"}))
    assert [found[title] for title in ("Currency", "Rate", "Into", "Set by")] == ["USD", "25400.5", "VND", str(admin_user)]


def test_the_file_of_wallets_has_the_one_that_every_programme_has(admin_site: Any) -> None:
    [points] = told(admin_site.get(f"{WALLETS}export/"))
    assert (points["Code"], points["When points end"], points["Version"]) == ("points", "Never", "0")


@pytest.mark.parametrize(
    ("expiry", "said"),
    [
        (Expiry(kind="after_days", days=30, grace_days=3), "30 days after they became active, 3 days of grace"),
        (Expiry(kind="rolling", months=1), "1 month after the customer was last active"),
        (Expiry(kind="yearly", month=3, day=31), "Each year at the end of 31 March"),
        (Expiry(kind="month_end"), "At the end of the month"),
    ],
)
def test_the_page_and_the_file_of_wallets_say_all_their_terms_with_numbers(
    counter: Counter, admin_site: Any, expiry: Expiry, said: str
) -> None:
    terms = WalletTerms(expiry=expiry, warn_days=8, restored_days=45, transfers_per_day=17)
    made = counter.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=terms))
    [points] = told(admin_site.get(f"{WALLETS}export/"))
    numbers = [points[label] for label in points if label.startswith(("Tell the", "Days that", "How often"))]
    assert (points["When points end"], numbers) == (said, ["8", "45", "17"])
    page = text_of(admin_site.get(f"{WALLETS}{made.wallet_id}/change/"))
    assert all(one in page for one in (said, "8", "45", "17"))


def test_a_file_says_names_as_they_are(counter: Counter, admin_site: Any) -> None:
    green = Level(code="green", thresholds=(0,), texts=named("Xanh", "Xanh & Co", "Zielony"))
    counter.do(CreateLevelSet(terms=terms(green, name="Green & <Gold>")))
    [found] = told(admin_site.get(f"{LEVELS}export/"))
    assert (found["Level set"], found["Level"]) == ("Green & <Gold>", "Xanh & Co")


def test_transfers_say_who_passed_points_on_to_whom(
    tenant: Tenant, other_tenant: Tenant, counter: Counter, admin_site: Any, make_user: Any
) -> None:
    sender, recipient = counter.customer(first_name="Lan"), counter.do(RegisterCustomer(first_name="Nam", last_name="Trần")).customer_id
    counter.do(AdjustPoints(customer_id=sender, points=100, reason="welcome"))
    counter.do(TransferPoints(customer_id=sender, recipient_id=recipient, points=30))
    listed = text_of(admin_site.get(TRANSFERS))
    for said in ("Nguyễn Lan", "Trần Nam", "30"):
        assert said in listed, said
    with reading(tenant.id):
        key = Transfer.objects.get(tenant_id=tenant.id).pk
    assert "Trần Nam" in text_of(admin_site.get(f"{TRANSFERS}{key}/change/"))
    for typed, count in (("tran nam", 1), ("lan", 1), ("nobody", 0)):
        rows = told(admin_site.get(f"{TRANSFERS}export/", {"q": typed}))
        assert [(row["Sender"], row["Recipient"], row["Points"]) for row in rows] == [("Nguyễn Lan", "Trần Nam", "30")] * count
    elsewhere = visitor(other_tenant, make_user(other_tenant, "administrator"))
    assert "Trần Nam" not in text_of(elsewhere.get(TRANSFERS))
    assert elsewhere.get(f"{TRANSFERS}{key}/change/").status_code == 302


def test_the_list_of_transfers_reads_its_own_index(tenant: Tenant) -> None:
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        rows = Transfer.objects.filter(tenant_id=tenant.id).order_by("-position")
        assert "earning_movement_sent" in rows[:25].explain()


def test_corrections_are_found_by_their_customer_and_taken_away(
    tenant: Tenant, counter: Counter, admin_site: Any, admin_user: User, marketer_user: User
) -> None:
    whose = counter.customer(first_name="Lan")
    counter.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=WalletTerms(approval_above=10)))
    counter.do_as(f"staff:{admin_user.id}", AdjustPoints(customer_id=whose, points=11, reason="giải nhất"))
    [found] = told(admin_site.get(f"{CORRECTIONS}export/", {"q": "lan"}))
    assert (found["Customer"], found["Points"], found["State"], found["Decided by"]) == (
        "Nguyễn Lan",
        "11",
        "Waits for a second person",
        "",
    )
    assert told(admin_site.get(f"{CORRECTIONS}export/", {"q": "nobody"})) == []
    assert visitor(tenant, marketer_user).get(f"{CORRECTIONS}export/").status_code == 403
