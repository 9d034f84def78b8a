"""What accounts of one person hold together: looked at then and now, corrected, claimed, freed; on real Postgres."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers import queries as customers
from customers.commands import CreateSegment, EnterSegment, MergeCustomers, RegisterCustomer
from customers.foreseeing import parted
from earning import queries
from earning.commands import (
    AdjustPoints,
    BlockAccount,
    CancelLot,
    ClaimPurchase,
    Expiry,
    HoldPoints,
    NoteTime,
    ReleaseHold,
    SpendPoints,
    UnblockAccount,
    WalletTerms,
)
from earning.domain.account import account_id
from earning.domain.wallets import Overdraft
from earning.streams import account_of
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.ledger_given import configure, give
from tests.earning.test_merging import COFFEE, Pair
from tests.support.client import ApiClient
from tests.support.pages import text_of

DAY = timedelta(days=1)
ENDING = WalletTerms(expiry=Expiry(kind="after_days", days=2))


def joined(counter: Counter, *points: int, at: datetime | None = None) -> list[UUID]:
    """Customers with so many points each, who joined one after the other; at the times of their own clock where one is given."""
    found = []
    for n, amount in enumerate(points):
        when = {} if at is None else {"at": at + n * timedelta(minutes=1)}
        found.append(counter.do(RegisterCustomer(first_name=f"N{n}", phone=f"+8491234567{n}"), **when).customer_id)
        counter.do(AdjustPoints(customer_id=found[-1], points=amount, reason="welcome"), **when)
    return found


def test_what_a_hold_lets_go_pays_what_the_other_one_owes_before_it_ends(counter: Counter) -> None:
    configure(counter, ENDING)
    past = datetime.now(UTC) - 5 * DAY
    pair = Pair(counter, 0, 0)
    for whose in (pair.hoa, pair.lan):
        counter.do(AdjustPoints(customer_id=whose, points=60, reason="welcome"), at=past)
    held = counter.do(HoldPoints(customer_id=pair.lan, points=10, ends_at=past + 6 * DAY), at=past)
    pair.merge(at=past)
    counter.do(SpendPoints(customer_id=pair.hoa, points=100), at=past)
    counter.do(ReleaseHold(customer_id=pair.hoa, hold_id=held.id))
    assert pair.balance(pair.hoa) == (0, 0), "20 ended, and nobody owes the 40 that were there when they were spent"


@pytest.mark.parametrize("noticed_after", [None, 3.5 * DAY])
def test_points_that_had_ended_do_not_pay_what_is_owed_later(counter: Counter, noticed_after: timedelta | None) -> None:
    """Lan's 50 end after 2 to 3 days; on the fourth Hoa's goods come back, whose 30 points are spent."""
    configure(counter, ENDING)
    past = datetime.now(UTC) - 6 * DAY
    pair = Pair(counter, 0, 0)
    counter.do(AdjustPoints(customer_id=pair.lan, points=50, reason="welcome"), at=past)
    sale = counter.order(pair.hoa, 300_000, purchased_at=past)
    bought = counter.do(sale, channel="import", at=past)
    counter.do(SpendPoints(customer_id=pair.hoa, points=30), at=past)
    pair.merge(at=past)
    lans = account_of(pair.lan, counter.tenant.id)
    if noticed_after is not None:
        counter.do(NoteTime(account_id=lans, customer_id=pair.lan), at=past + noticed_after)
    back = replace(counter.return_order(sale, bought.purchase_id), returned_at=past + 4 * DAY)
    answer = counter.do(back, channel="import", at=past + 4 * DAY)
    assert (answer.points, answer.balance, pair.balance(pair.hoa)) == (30, -30, (-30, 0))
    counter.do(NoteTime(account_id=lans, customer_id=pair.lan))
    assert [pair.balance(whose) for whose in (pair.hoa, pair.lan)] == [(-30, 0)] * 2
    assert [pair.alone(whose) for whose in (pair.hoa, pair.lan)] == [-30, 0]


def test_a_balance_and_a_statement_of_then_are_of_those_who_were_one_then(counter: Counter) -> None:
    start = datetime.now(UTC) - 9 * DAY
    an, binh, chi = three = joined(counter, 1, 10, 100, at=start)
    counter.do(MergeCustomers(customer_id=chi, other_id=binh, reason="one person"), at=start + 3 * DAY)
    counter.do(MergeCustomers(customer_id=binh, other_id=an, reason="one person"), at=start + 5 * DAY)
    with reading(counter.tenant.id):
        known = datetime.now(UTC)
        for days, expected in ((2, [1, 10, 100]), (4, [1, 110, 110]), (6, [111, 111, 111])):
            then = start + days * DAY
            assert [queries.balance_at(one, then, known).balance for one in three] == expected
            assert [queries.statement(one, as_of=then)[0].balance for one in three] == expected
        assert [len(queries.statement(one)) for one in three] == [3, 3, 3]


def test_who_corrects_much_alone_is_stopped_whichever_side_is_named(counter: Counter) -> None:
    configure(counter, WalletTerms(approval_above=100))
    pair = Pair(counter, 0, 0)
    pair.merge()
    orders = [AdjustPoints(customer_id=one, points=80, reason="sorry") for one in (pair.hoa, pair.lan)]
    assert [counter.do_as("staff:5", order).waits for order in orders] == [False, True]
    give(counter, 50, pair.lan)
    with reading(counter.tenant.id):
        lot = queries.lots(pair.lan)[-1]
    with pytest.raises(DomainError) as refused:
        counter.do_as("staff:5", CancelLot(customer_id=pair.lan, lot_id=lot.lot_id, reason="wrong"))
    assert (refused.value.code, refused.value.params) == (
        "earning.lot_too_large_for_one",
        {"points": 50, "before": 80, "most": 100},
    )


def test_a_receipt_that_is_theirs_already_is_theirs_whoever_of_them_claims_it(counter: Counter) -> None:
    sold = counter.sell(None, COFFEE)
    pair = Pair(counter, 0, 0)
    first = counter.do(ClaimPurchase(purchase_id=sold.purchase_id, customer_id=pair.lan))
    pair.merge()
    again = counter.do(ClaimPurchase(purchase_id=sold.purchase_id, customer_id=pair.hoa))
    assert (first.duplicate, again.duplicate, again.customer_id, again.balance) == (False, True, pair.lan, 50)


def test_what_is_foreseen_of_a_document_says_what_all_of_them_have(counter: Counter) -> None:
    pair = Pair(counter, 60, 60)
    pair.merge()
    order = counter.order(pair.lan, COFFEE)
    for named in (order, order, replace(order, customer_id=pair.hoa)):
        with reading(counter.tenant.id):
            assert queries.preview(named).balance == 170
        assert counter.do(named).balance == 170


def test_undoing_takes_along_who_was_merged_into_them_however_long_the_chain(counter: Counter) -> None:
    an, binh, chi, dung = joined(counter, 10, 10, 10, 10)
    for one, other in ((dung, chi), (chi, binh), (binh, an)):
        counter.do(MergeCustomers(customer_id=one, other_id=other, reason="one person"))
    with reading(counter.tenant.id):
        (told,) = parted(binh)
    assert (told.survivor, told.absorbed, told.together) == (10, 30, 40)


def test_who_is_one_person_is_one_member_of_a_segment(counter: Counter) -> None:
    pair = Pair(counter, 0, 0)
    segment = counter.do(CreateSegment(code="regulars", name="Regulars")).segment_id
    for one in (pair.hoa, pair.lan):
        counter.do(EnterSegment(customer_id=one, segment_id=segment))

    def there() -> tuple[int, list[UUID]]:
        with reading(counter.tenant.id):
            return customers.members_of([segment])[segment], [one.customer.id for one in customers.members(segment).items]

    pair.merge()
    assert there() == (1, [pair.hoa])
    pair.unmerge()
    assert there() == (2, [pair.lan, pair.hoa])


@pytest.mark.parametrize(("overdraft", "held"), [("negative", (-40, 0)), ("debt", (0, 40)), ("waive", (-40, 0))])
def test_what_is_owed_once_two_are_parted_stands_where_the_wallet_says(
    counter: Counter, overdraft: Overdraft, held: tuple[int, int]
) -> None:
    configure(counter, WalletTerms(overdraft=overdraft))
    pair = Pair(counter)
    pair.merge()
    pair.spend(pair.hoa, 100)
    pair.unmerge()
    with reading(counter.tenant.id):
        now = datetime.now(UTC)
        for found in (queries.balance(pair.hoa, now), queries.balance_at(pair.hoa, now, now), queries.account(pair.hoa)):
            assert (found.balance, found.debt, found.available) == (*held, 0)
        assert queries.statement(pair.hoa)[0].balance == -40
    assert pair.balance(pair.lan) == (60, 60)


def test_a_statement_says_where_the_movements_of_others_went(counter: Counter, api: ApiClient, admin_site: Any) -> None:
    pair = Pair(counter)
    pair.merge()
    pair.spend(pair.hoa, 100)
    pair.unmerge()
    counter.sell(pair.hoa, COFFEE)

    def lines(whose: UUID, *pages: int) -> list[tuple[str, int]]:
        found: list[queries.StatementLine] = []
        with reading(counter.tenant.id):
            for limit in pages:
                found += queries.statement(whose, found[-1].position if found else None, limit)
        return [(one.kind, one.balance) for one in found]

    told = [("debt_paid", 10), ("earned", 10), ("pooled", -40), ("parted", 0), ("spent", 0), ("pooled", 100), ("granted", 60)]
    assert lines(pair.hoa, 50) == told
    assert all(lines(pair.hoa, *pages) == told for pages in ((1,) * 7, (2, 5), (3, 4), (5, 2)))
    assert lines(pair.lan, 50) == [("pooled", 60), ("parted", 20), ("pooled", 20), ("granted", 60)]
    told_by_api = api.get(f"/api/v1/customers/{pair.hoa}/account/statement").json()["items"]
    assert [(one["kind"], one["points"]) for one in told_by_api][3] == ("parted", 0)
    with reading(counter.tenant.id):
        account = account_id(counter.tenant.id, "points", pair.hoa)
    assert "Merge undone" in text_of(admin_site.get(f"/admin/earning/account/{account}/change/"))
    assert "Merge undone" in admin_site.get(f"/admin/earning/account/{account}/statement/").getvalue().decode()
    pair.merge()
    assert lines(pair.hoa, 50)[0] == ("debt_paid", 70), "they are one again: nothing is missing"


def test_what_ends_soonest_of_both_is_spent_first_and_what_is_told_of_lots_is_what_is_there(counter: Counter) -> None:
    """Hoa's 10 end in 15 days, Lan's in 2: of 12 that are spent 10 are Lan's, whoever of them asks."""
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=15)))
    now = datetime.now(UTC)
    pair = Pair(counter, 0, 0)
    for whose, days in ((pair.hoa, 0), (pair.lan, 13)):
        counter.do(AdjustPoints(customer_id=whose, points=10, reason="welcome"), at=now - days * DAY)
    pair.merge()
    spent = pair.spend(pair.hoa, 12)
    assert (spent.points, sum(share.points for share in spent.shares), spent.balance) == (12, 12, 8)
    with reading(counter.tenant.id):
        for whose in (pair.hoa, pair.lan):
            assert [lot.remaining for lot in queries.lots(whose)] == [8]
            told = queries.endings(whose, now)
            assert sum(one.points for one in told.days) == 8
            then = queries.balance_at(whose, now + 5 * DAY, datetime.now(UTC))
            assert (then.balance, then.available) == (8, 8)
    with pytest.raises(DomainError) as refused:
        counter.do(CancelLot(customer_id=pair.hoa, lot_id=_lot_of(counter, pair.lan), reason="wrong"))
    assert refused.value.code == "earning.lot_is_empty", "it was spent"
    with reading(counter.tenant.id):
        (foreseen,) = parted(pair.lan)
    assert (foreseen.survivor, foreseen.absorbed, foreseen.together) == (-2, 10, 8)
    pair.unmerge()
    assert [pair.balance(whose)[0] for whose in (pair.hoa, pair.lan)] == [-2, 10]
    with reading(counter.tenant.id):
        (lot,) = queries.lots(pair.lan)
    assert (lot.lot_id, lot.remaining) == (_lot_of(counter, pair.lan), 10), "its own lot is there again"


def _lot_of(counter: Counter, whose: UUID) -> UUID:
    with reading(counter.tenant.id):
        return next(lot.lot_id for lot in queries.lots(whose, state="all") if lot.source == "manual" and lot.points == 10)


def test_what_is_ordered_by_the_id_of_one_of_them_is_charged_to_that_one(counter: Counter, api: ApiClient) -> None:
    pair = Pair(counter)
    pair.merge()
    for whose, points in ((pair.hoa, 10), (pair.lan, 25)):
        answer = api.post(f"/api/v1/customers/{whose}/account/spend", {"points": points})
        assert answer.status_code == 201, answer.content
    assert answer.json()["balance"] == 85
    pair.unmerge()
    assert [pair.balance(whose)[0] for whose in (pair.hoa, pair.lan)] == [50, 35]


def test_where_the_account_of_the_other_one_is_blocked_no_page_offers_what_would_be_refused(counter: Counter, admin_site: Any) -> None:
    pair = Pair(counter)
    pair.merge()
    counter.do(BlockAccount(customer_id=pair.lan, reason="lost card"))
    page = f"/admin/earning/account/{account_id(counter.tenant.id, 'points', pair.hoa)}"
    for name, status in (("spend", 404), ("hold", 404), ("transfer", 404), ("block", 404), ("unblock", 200), ("adjust", 200)):
        assert admin_site.get(f"{page}/{name}/").status_code == status, name
    counter.do(UnblockAccount(customer_id=pair.hoa, reason="found"))
    assert admin_site.get(f"{page}/spend/").status_code == 200
