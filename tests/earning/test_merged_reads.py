"""What is read of the accounts of customers who are one is one account: totals, statement, books and lots, by API and on pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import TransferPoints
from earning.domain.account import account_id
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.test_merging import COFFEE, Pair
from tests.support.client import ApiClient
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


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


def _account(counter: Counter, whose: UUID) -> UUID:
    return account_id(counter.tenant.id, "points", whose)
