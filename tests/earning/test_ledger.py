"""The ledger through the bus on real Postgres: races, what time does, and read models that can be made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from customers.commands import DeactivateCustomer
from earning.commands import (
    AccountAnswer,
    AdjustPoints,
    ApproveCorrection,
    BlockAccount,
    CancelLot,
    ConfigureWallet,
    ConfirmHold,
    Expiry,
    HoldPoints,
    Limit,
    ReleaseHold,
    RestorePoints,
    SpendPoints,
    TransferAnswer,
    TransferPoints,
    UnblockAccount,
    UnitName,
    WalletTerms,
)
from earning.queries.wallets import STANDARD_UNITS
from earning.timekeeping import note_time
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.period import local_midnight
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.ledger_given import balance, configure, give

LEDGER = ("earning.accounts", "earning.wallets", "earning.corrections")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.rounds
def test_50_parallel_spends_of_100_on_100_points_and_one_wins(counter: Counter) -> None:
    customer = give(counter, 100)
    answers = in_parallel(50, lambda n: counter.do(SpendPoints(customer_id=customer, points=100)))
    refused = [a for a in answers if isinstance(a, DomainError)]
    assert len([a for a in answers if isinstance(a, AccountAnswer)]) == 1
    assert {(r.code, r.params["available"], r.params["missing"]) for r in refused} == {("earning.not_enough_points", 0, 100)}
    assert balance(counter, customer) == (0, 0)
    assert [b for (b,) in rows("earning_movement", counter.tenant, "balance", "position")] == [100, 0]


@pytest.mark.rounds
def test_two_opposite_transfers_at_once_both_finish(counter: Counter) -> None:
    pair = give(counter, 100), give(counter, 100)
    answers = in_parallel(2, lambda n: counter.do(TransferPoints(customer_id=pair[n], recipient_id=pair[1 - n], points=60)))
    assert [a.sent.points for a in answers if isinstance(a, TransferAnswer) and a.sent] == [60, 60]
    assert [balance(counter, customer) for customer in pair] == [(100, 100), (100, 100)]


@pytest.mark.rounds
def test_holds_and_spends_race_for_the_same_points(counter: Counter) -> None:
    customer = give(counter, 100)
    ends = datetime.now(UTC) + HOUR

    def one(n: int) -> AccountAnswer:
        return counter.do(
            HoldPoints(customer_id=customer, points=30, ends_at=ends) if n % 2 else SpendPoints(customer_id=customer, points=30)
        )

    answers = in_parallel(12, one)
    assert len([a for a in answers if isinstance(a, AccountAnswer)]) == 3
    assert {a.code for a in answers if isinstance(a, DomainError)} == {"earning.not_enough_points"}


@pytest.mark.rounds
def test_a_hold_is_confirmed_by_one_of_many(counter: Counter) -> None:
    customer = give(counter, 100)
    held = counter.do(HoldPoints(customer_id=customer, points=40, ends_at=datetime.now(UTC) + HOUR))
    assert (held.available, held.balance) == (60, 100)
    answers = in_parallel(10, lambda n: counter.do((ReleaseHold, ConfirmHold)[n % 2](customer_id=customer, hold_id=held.id)))
    (done,) = (n for n, a in enumerate(answers) if isinstance(a, AccountAnswer))
    said = "earning.hold_confirmed" if done % 2 else "earning.hold_released"
    assert [a.code for a in answers if isinstance(a, DomainError)] == [said] * 9


@pytest.mark.rounds
def test_what_is_spent_can_be_given_back_once(counter: Counter) -> None:
    customer = give(counter, 100)
    spent = counter.do(SpendPoints(customer_id=customer, points=80, reference_id=uuid4()))
    answers = in_parallel(8, lambda n: counter.do(RestorePoints(customer_id=customer, spend_id=spent.id, points=50)))
    assert sorted(a.code for a in answers if isinstance(a, DomainError)) == ["earning.restored_too_much"] * 7
    assert balance(counter, customer) == (70, 70)


def test_who_is_not_active_spends_nothing_and_gets_nothing_passed_on(counter: Counter) -> None:
    customer, friend = give(counter, 100), give(counter, 100)
    counter.do(DeactivateCustomer(customer_id=friend, reason="asked for it"))
    with pytest.raises(DomainError, match=r"^earning.customer_not_active"):
        counter.do(SpendPoints(customer_id=friend, points=1))
    with pytest.raises(DomainError, match=r"^earning.customer_unknown"):
        counter.do(SpendPoints(customer_id=uuid4(), points=1))
    for stranger in (friend, uuid4(), None):
        assert counter.do(TransferPoints(customer_id=customer, recipient_id=stranger, points=10)) == TransferAnswer(sent=None)
    with pytest.raises(DomainError, match=r"^earning.transfer_to_oneself"):
        counter.do(TransferPoints(customer_id=customer, recipient_id=customer, points=10))


@pytest.mark.rounds
def test_of_20_guesses_at_once_five_are_answered_and_then_not_even_a_friend_is_found(counter: Counter) -> None:
    customer, friend = give(counter, 100), counter.customer()
    found = counter.do(TransferPoints(customer_id=customer, recipient_id=friend, points=10))
    assert found.sent is not None, "who is reached costs no try"
    answers = in_parallel(20, lambda n: counter.do(TransferPoints(customer_id=customer, recipient_id=None, points=10)))
    said = sorted(str(getattr(a, "code", "nobody")) for a in answers)
    assert said == ["earning.transfer_tries_used_up"] * 15 + ["nobody"] * 5
    with pytest.raises(DomainError, match=r"^earning.transfer_tries_used_up"):
        counter.do(TransferPoints(customer_id=customer, recipient_id=friend, points=10))
    assert balance(counter, customer) == (90, 90)


def test_who_has_not_enough_learns_nothing_of_the_recipient(counter: Counter) -> None:
    customer, friend = give(counter, 5), counter.customer()
    for recipient in (friend, uuid4(), None):
        with pytest.raises(DomainError, match=r"^earning.not_enough_points"):
            counter.do(TransferPoints(customer_id=customer, recipient_id=recipient, points=6))
    assert rows("earning_attempts", counter.tenant, "tried", "day") == []


def test_wallets_are_apart_and_keep_their_decimals(counter: Counter) -> None:
    customer = give(counter, 100)
    with pytest.raises(DomainError, match=r"^earning.wallet_unknown"):
        counter.do(AdjustPoints(customer_id=customer, points=5, reason="stars", wallet="stars"))
    configure(counter, WalletTerms(), code="stars")
    counter.do(AdjustPoints(customer_id=customer, points=5, reason="stars", wallet="stars"))
    assert (balance(counter, customer), balance(counter, customer, "stars")) == ((100, 100), (5, 5))
    with pytest.raises(DomainError, match=r"^earning.wallet_decimals_fixed"):
        configure(counter, WalletTerms(), code="stars", decimals=2)
    with pytest.raises(Conflict, match=r"^earning.wallet_changed_meanwhile"):
        configure(counter, WalletTerms(), code="stars", seen_version=0)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"code": "Đ"}, "wallet_code_invalid", "code"), ({"code": "a\n"}, "wallet_code_invalid", "code"),
        ({"decimals": 3}, "wallet_decimals_invalid", "decimals"),
        ({"units": STANDARD_UNITS[:2]}, "wallet_unit_missing", "units"),
        ({"units": (*STANDARD_UNITS, replace(STANDARD_UNITS[0], language="de"))}, "wallet_unit_missing", "units.3.language"),
        ({"units": (*STANDARD_UNITS, STANDARD_UNITS[1])}, "wallet_unit_missing", "units.3.language"),
        ({"terms": WalletTerms(limits=(Limit(of="times", most=3),))}, "wallet_limit_of_times", "terms.limits.0.of"),
        ({"terms": WalletTerms(expiry=Expiry(days=5))}, "wallet_setting_of_nothing", "terms.expiry.days"),
        ({"units": (*STANDARD_UNITS[:2], UnitName(language="pl", singular="", plural="x"))}, "wallet_unit_invalid", "units.2.singular"),
        ({"units": (*STANDARD_UNITS[:2], UnitName(language="pl", singular="x", plural="a\x00"))}, "wallet_unit_invalid", "units.2.plural"),
        ({"terms": WalletTerms(pending_days=-1)}, "wallet_number_invalid", "terms.pending_days"),
        ({"terms": WalletTerms(approval_above=10**16)}, "wallet_number_invalid", "terms.approval_above"),
    ],
)  # fmt: skip
def test_a_wallet_that_cannot_be_is_refused(counter: Counter, wrong: dict[str, object], code: str, field: str) -> None:
    plain = ConfigureWallet(code="stars", decimals=0, units=STANDARD_UNITS, terms=WalletTerms())
    with pytest.raises(DomainError, match=rf"^earning.{code}") as refused:
        counter.do(replace(plain, **wrong))
    assert refused.value.field == field


def test_terms_hold_for_purchases_made_since_then(counter: Counter) -> None:
    zone = counter.tenant.zone
    yesterday = datetime.now(UTC) - DAY
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=10)), since=yesterday)
    customer = counter.customer()
    counter.sell(customer, 10_000)
    counter.do(counter.order(customer, 10_000, purchased_at=yesterday - HOUR), channel="import")
    ends = {end for (end,) in rows("earning_lot", counter.tenant, "expires_at")}
    today = datetime.now(UTC).astimezone(zone).date()
    assert ends in ({None, local_midnight(today + 11 * DAY, zone)}, {None, local_midnight(today + 10 * DAY, zone)})


@pytest.mark.rounds
def test_what_ended_is_noted_once_in_chunks_and_after_an_outage(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earning.timekeeping.CHUNK", 3)
    configure(counter, WalletTerms(expiry=Expiry(kind="month_end"), pending_days=2, warn_days=7))
    sold_at = datetime(2026, 1, 10, 5, tzinfo=UTC)
    customers = [counter.customer() for _ in range(8)]
    for customer in customers:
        counter.do(counter.order(customer, 100_000, purchased_at=sold_at), channel="import", at=sold_at)
    end = local_midnight(date(2026, 2, 1), counter.tenant.zone)
    tenant = counter.tenant.id
    assert [note_time(tenant, at) for at in (sold_at, sold_at + 3 * DAY, sold_at + 3 * DAY)] == [0, 8, 0]
    assert [note_time(tenant, at) for at in (end - 7 * DAY - HOUR, end - 7 * DAY, end - DAY)] == [0, 8, 0]
    assert sum(found or 0 for found in in_parallel(4, lambda n: note_time(tenant, end + 90 * DAY))) == 8
    assert note_time(tenant, end + 91 * DAY) == 0
    assert rows("earning_account", counter.tenant, "balance, expired") == [(0, 10)] * 8
    assert {at for (at,) in rows("earning_movement", counter.tenant, "effective_at", "position desc limit 8")} == {end}


def test_while_the_customer_is_active_nothing_is_noted(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="rolling", months=1), warn_days=3))
    customer, first = counter.customer(), datetime(2026, 1, 10, 5, tzinfo=UTC)
    for at in (first, first + 20 * DAY):
        counter.do(counter.order(customer, 100_000, purchased_at=at), channel="import", at=at)
    end = local_midnight(date(2026, 3, 1), counter.tenant.zone)
    tenant = counter.tenant.id
    assert [note_time(tenant, at) for at in (first + 40 * DAY, end - 2 * DAY, end - DAY, end, end + DAY)] == [0, 1, 0, 1, 0]
    assert rows("earning_account", counter.tenant, "balance, expired") == [(0, 20)]


@pytest.mark.usefixtures("own_log")
def test_read_models_are_the_same_when_made_again(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="rolling", months=2)))
    latest = WalletTerms(expiry=Expiry(kind="month_end", grace_days=40), overdraft="debt", approval_above=5000)
    configure(counter, latest, since=datetime(2020, 1, 1, tzinfo=UTC))
    first, second = give(counter, 300), give(counter, 50)
    ends = datetime.now(UTC) + HOUR
    order = counter.order(first, 1_000_000)
    sold = counter.do(order)
    spent = counter.do(SpendPoints(customer_id=first, points=380))
    counter.take_back(order, sold.purchase_id)
    counter.do(RestorePoints(customer_id=first, spend_id=spent.id, points=100))
    for _ in range(2):
        held = counter.do(HoldPoints(customer_id=second, points=10, ends_at=ends))
    counter.do(ConfirmHold(customer_id=second, hold_id=held.id))
    held = counter.do(HoldPoints(customer_id=second, points=5, ends_at=ends))
    counter.do(ReleaseHold(customer_id=second, hold_id=held.id))
    counter.do(TransferPoints(customer_id=second, recipient_id=first, points=7))
    counter.do(AdjustPoints(customer_id=second, points=-3, reason="mistake"))
    extra = counter.do(AdjustPoints(customer_id=second, points=4, reason="mistake"))
    counter.do(CancelLot(customer_id=second, lot_id=extra.id, reason="twice"))
    counter.do(BlockAccount(customer_id=second, reason="lost"))
    counter.do(UnblockAccount(customer_id=second, reason="found"))
    counter.do(BlockAccount(customer_id=first, reason="lost"))
    large = counter.do(AdjustPoints(customer_id=first, points=5001, reason="prize"))
    counter.do_as("staff:other", ApproveCorrection(correction_id=large.id, customer_id=first))
    note_time(counter.tenant.id, datetime.now(UTC) + 200 * DAY)
    live = {t: checksum(t) for name in LEDGER for t in PROJECTIONS[name].tables}
    for batch in (1, 1000, 7):
        assert {t: c for name in LEDGER for t, c in rebuild(PROJECTIONS[name], batch=batch, swap=False).checksums.items()} == live
    for customer in (first, second):
        shown, again = balance(counter, customer)
        assert shown == again
    columns = "balance, earned - clawed_back - spent - expired - cancelled + adjusted + transferred"
    assert all(shown == made for shown, made in rows("earning_account", counter.tenant, columns))
