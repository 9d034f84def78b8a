"""What is read of the accounts of customers who are one is one account: totals, statement, books and lots, by API and on pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers.commands import MergeCustomers, UnmergeCustomer
from earning import queries
from earning.commands import AdjustPoints, ConfirmHold, Expiry, HoldPoints, ReleaseHold, SpendPoints, TransferPoints, WalletTerms
from earning.domain.account import account_id
from earning.timekeeping import note_time
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.ledger_given import configure
from tests.earning.test_merged_ledger import joined
from tests.earning.test_merging import COFFEE, Pair
from tests.support.client import ApiClient
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


def lines(counter: Counter, whose: UUID, *pages: int) -> list[tuple[str, int]]:
    """Kinds and balances of a statement that is read in such pages."""
    found: list[queries.StatementLine] = []
    with reading(counter.tenant.id):
        for limit in pages:
            found += queries.statement(whose, found[-1].position if found else None, limit)
    return [(one.kind, one.balance) for one in found]


def _account(counter: Counter, whose: UUID) -> UUID:
    return account_id(counter.tenant.id, "points", whose)


@pytest.fixture
def pair(counter: Counter) -> Pair:
    """Of Hoa's 60 and Lan's 60 and 50, 100 are spent by Lan, and 5 passed on by Hoa to somebody else."""
    pair = Pair(counter)
    counter.sell(pair.lan, COFFEE)
    pair.merge()
    pair.spend(pair.lan, 100)
    other = counter.customer(phone="+84900000001")
    counter.do(TransferPoints(customer_id=pair.hoa, recipient_id=other, points=5))
    return pair


def test_totals_are_of_both_and_add_up_to_the_balance(counter: Counter, pair: Pair, api: ApiClient) -> None:
    for whose in (pair.hoa, pair.lan):
        with reading(counter.tenant.id):
            card = queries.account(whose)
        assert (card.balance, card.earned, card.adjusted, card.spent, card.transferred) == (65, 50, 120, 100, -5)
        assert card.balance == card.earned + card.adjusted - card.spent + card.transferred
        told = api.get(f"/api/v1/customers/{whose}/account").json()
        assert (told["balance"], told["earned"], told["spent"]) == (65, 50, 100)


def test_a_statement_has_nothing_that_went_between_them_on_whatever_pages(counter: Counter, pair: Pair) -> None:
    told = [("sent", -5, 65), ("spent", -100, 70), ("earned", 50, 170), ("granted", 60, 120), ("granted", 60, 60)]
    for whose in (pair.hoa, pair.lan):
        for pages in ((50,), (1,) * 5, (2, 3), (3, 2)):
            found: list[queries.StatementLine] = []
            with reading(counter.tenant.id):
                for limit in pages:
                    found += queries.statement(whose, found[-1].position if found else None, limit)
            assert [(one.kind, one.points, one.balance) for one in found] == told, pages


def test_books_are_of_both_and_each_operation_adds_up_to_zero(counter: Counter, pair: Pair, api: ApiClient) -> None:
    for whose in (pair.hoa, pair.lan):
        told = api.get(f"/api/v1/customers/{whose}/account/books").json()
        assert told["totals"] == {"member": 65, "issuer": -170, "redemption": 100, "breakage": 0}
        assert [one["kinds"] for one in told["items"]] == [["sent"], ["spent"], ["earned"], ["granted"], ["granted"]]
        assert {one["sum"] for one in told["items"]} == {0}


def test_lots_tell_how_the_points_were_won_wherever_they_lie_now(counter: Counter, api: ApiClient) -> None:
    """What Hoa holds of Lan's comes to her account, and stays there once it is let go."""
    pair = Pair(counter, 0, 0)
    bought = counter.sell(pair.lan, COFFEE)
    pair.merge()
    account, ends_at = f"/api/v1/customers/{pair.hoa}/account", (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    held = api.post(f"{account}/holds", {"points": 20, "ends_at": ends_at})
    assert api.post(f"{account}/holds/{held.json()['id']}/release", {}).status_code == 200
    lots = api.get(f"{account}/lots").json()["items"]
    assert sorted(lot["remaining"] for lot in lots) == [20, 30]
    assert {(lot["source"], lot["purchase_id"]) for lot in lots} == {("purchase", str(bought.purchase_id))}


def test_the_page_of_either_says_the_same(counter: Counter, pair: Pair, admin_site: Any) -> None:
    pages = [text_of(admin_site.get(f"/admin/earning/account/{_account(counter, one)}/change/")) for one in (pair.hoa, pair.lan)]
    for page in pages:
        assert "Between accounts of one person" not in page
        for words in ("65 points", "Earned", "50", "100"):
            assert words in page


def test_live_is_what_is_rebuilt(counter: Counter, pair: Pair) -> None:
    pair.unmerge()
    live = {table: checksum(table) for table in PROJECTIONS["earning.accounts"].tables}
    assert rebuild(PROJECTIONS["earning.accounts"], batch=1, swap=False).checksums == live


def test_a_debt_that_the_other_one_pays_is_no_line_until_they_part(counter: Counter) -> None:
    """Hoa owes 50 of 50 that were spent before the goods came back; Lan has 60."""
    pair = Pair(counter, 0, 60)
    sale = counter.order(pair.hoa, COFFEE)
    sold = counter.do(sale)
    pair.spend(pair.hoa, 50)
    counter.take_back(sale, sold.purchase_id)
    pair.merge()
    pair.spend(pair.lan, 3)
    for whose in (pair.hoa, pair.lan):
        told = [("spent", 7), ("clawed_back", 10), ("spent", 60), ("earned", 110), ("granted", 60)]
        for pages in ((50,), (1,) * 5, (2, 3)):
            assert lines(counter, whose, *pages) == told
        with reading(counter.tenant.id):
            assert queries.account(whose).movements == len(told)
    pair.unmerge()
    for whose, left in ((pair.hoa, -50), (pair.lan, 57)):
        found = lines(counter, whose, 50)
        assert found[0][1] == pair.balance(whose)[0] == left
        assert {"pooled"} < {kind for kind, _ in found}


def test_each_lot_is_told_once_and_leads_to_what_won_it_while_they_are_one(counter: Counter, api: ApiClient) -> None:
    pair = Pair(counter, 0, 0)
    bought = counter.sell(pair.lan, COFFEE)
    pair.merge()
    account = f"/api/v1/customers/{pair.hoa}/account"
    held = counter.do(HoldPoints(customer_id=pair.hoa, points=20, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    with reading(counter.tenant.id):
        moved = next(lot for lot in queries.lots(pair.hoa) if lot.remaining == 20)
    anew = api.get(f"{account}/lots/{moved.lot_id}/recomputed").json()
    assert (anew["points"], anew["recomputed"], anew["equal"]) == (50, 50, True), "as its purchase explains"
    counter.do(ConfirmHold(customer_id=pair.hoa, hold_id=held.id))
    for state, left in (("all", [30]), ("left", [30]), ("ended", [])):
        assert [lot["remaining"] for lot in api.get(f"{account}/lots", {"state": state}).json()["items"]] == left
    pair.unmerge()
    told = api.get(f"{account}/lots", {"state": "all"}).json()["items"]
    assert {(lot["source"], lot["purchase_id"]) for lot in told} == {("pooled", None)}, "it is the purchase of somebody else"
    assert str(bought.purchase_id) in api.get(f"/api/v1/customers/{pair.lan}/account/lots").text


def test_why_somebody_gave_points_is_said_wherever_they_lie(counter: Counter, api: ApiClient) -> None:
    pair = Pair(counter, 0, 0)
    counter.do(AdjustPoints(customer_id=pair.lan, points=50, reason="late delivery"))
    pair.merge()
    held = counter.do(HoldPoints(customer_id=pair.hoa, points=20, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    counter.do(ReleaseHold(customer_id=pair.hoa, hold_id=held.id))
    for whose in (pair.hoa, pair.lan):
        told = api.get(f"/api/v1/customers/{whose}/account/lots").json()["items"]
        assert sorted((lot["source"], lot["reason"], lot["remaining"]) for lot in told) == [
            ("manual", "late delivery", 20), ("manual", "late delivery", 30),
        ]  # fmt: skip


def test_books_of_then_are_of_those_who_were_one_then_and_have_nothing_that_only_went_between_them(
    counter: Counter, api: ApiClient
) -> None:
    pair = Pair(counter, 60, 50)
    apart = datetime.now(UTC)
    pair.merge()
    held = counter.do(HoldPoints(customer_id=pair.hoa, points=80, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    counter.do(ReleaseHold(customer_id=pair.hoa, hold_id=held.id))
    books = f"/api/v1/customers/{pair.hoa}/account/books"
    now, then = api.get(books).json(), api.get(books, {"known_at": apart.isoformat()}).json()
    assert [one["kinds"] for one in now["items"]] == [["granted"], ["granted"]]
    assert (now["totals"]["member"], then["totals"]["member"], len(then["items"])) == (110, 60, 1)


def test_an_operation_of_three_adds_up_to_zero_in_the_books_of_each_and_statements_to_balances(counter: Counter) -> None:
    an, binh, chi = three = joined(counter, 10, 20, 100)
    for one, other in ((binh, an), (chi, an)):
        counter.do(MergeCustomers(customer_id=one, other_id=other, reason="one person"))
    counter.do(SpendPoints(customer_id=an, points=25))
    counter.do(SpendPoints(customer_id=binh, points=50))
    counter.do(UnmergeCustomer(customer_id=chi, reason="two persons"))
    for parted in ((), (binh,)):
        for one in parted:
            counter.do(UnmergeCustomer(customer_id=one, reason="two persons"))
        for whose in three:
            with reading(counter.tenant.id):
                operations = queries.booked(queries.accounts_joined(whose))
                balance, totals = queries.balance(whose, datetime.now(UTC)).balance, queries.book_totals(queries.accounts_joined(whose))
            assert {one.sum for one in operations} == {0}
            for pages in ((50,), (1,) * 20):
                assert lines(counter, whose, *pages)[0][1] == balance == totals["member"]
    counter.do(MergeCustomers(customer_id=chi, other_id=an, reason="one person"))
    with reading(counter.tenant.id):
        assert queries.statement(chi)[0].balance == queries.balance(an, datetime.now(UTC)).balance == 85


def test_a_movement_of_another_day_says_when_it_was_recorded(counter: Counter, admin_site: Any) -> None:
    customer, long_ago = counter.customer(), datetime.now(UTC) - timedelta(days=40)
    counter.do(counter.order(customer, COFFEE, purchased_at=long_ago), channel="import")
    with reading(counter.tenant.id):
        (line,) = queries.statement(customer)
    page = text_of(admin_site.get(f"/admin/earning/account/{_account(counter, customer)}/change/"))
    assert line.effective_at == long_ago
    assert "(recorded " in page[page.index("Statement") : page.index("Books")]
    counter.sell(customer, COFFEE)
    page = text_of(admin_site.get(f"/admin/earning/account/{_account(counter, customer)}/change/"))
    assert page[page.index("Statement") : page.index("Books")].count("(recorded ") == 1, "a minute later says nothing"


def test_points_that_live_while_the_customer_is_active_live_by_whatever_either_does(counter: Counter, api: ApiClient) -> None:
    """Lan's 60 live for a month after she was active; only Hoa buys, who is she."""
    configure(counter, WalletTerms(expiry=Expiry(kind="rolling", months=1)))
    start = datetime.now(UTC) - timedelta(days=90)
    hoa, lan = (counter.customer(first_name=name, phone=phone) for name, phone in (("Hoa", "+84912345678"), ("Lan", "+84987654321")))
    for whose in (hoa, lan):
        counter.do(AdjustPoints(customer_id=whose, points=60, reason="gift"), at=start)
    counter.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"), at=start)
    for days in (20, 40, 60, 80):
        counter.do(SpendPoints(customer_id=hoa, points=1), at=start + timedelta(days=days))
    with reading(counter.tenant.id):
        assert queries.balance(hoa, datetime.now(UTC)).available == 116
        for days in (50, 89):
            assert queries.balance_at(lan, start + timedelta(days=days), datetime.now(UTC)).available == 120 - sum(
                d <= days for d in (20, 40, 60, 80)
            )
        ends = {lot.expires_at for lot in queries.lots(lan) if lot.remaining}
        assert len(ends) == 1
        assert timedelta(days=28) <= (ends.pop() or start) - (start + timedelta(days=80)) <= timedelta(days=33)
        assert [one.kind for one in queries.statement(lan)] == ["spent"] * 4 + ["granted"] * 2
    assert {one["kind"] for one in api.get(f"/api/v1/customers/{lan}/account/statement").json()["items"]} == {"spent", "granted"}
    assert note_time(counter.tenant.id) == 0, "nothing ends, and nobody is to be told yet"
    later = datetime.now(UTC) + timedelta(days=60)
    with reading(counter.tenant.id):
        assert queries.balance(hoa, later).available == 0
    live = {table: checksum(table) for table in PROJECTIONS["earning.accounts"].tables}
    assert rebuild(PROJECTIONS["earning.accounts"], batch=1, swap=False).checksums == live
