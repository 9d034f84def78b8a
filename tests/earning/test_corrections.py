"""Large corrections wait for a second person, however they are cut up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from earning.commands import (
    AdjustPoints,
    ApproveCorrection,
    CancelLot,
    RejectCorrection,
    SpendPoints,
    WalletTerms,
)
from earning.queries import lots
from loyalty.bus import dispatch
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.staff.models import ApiToken, Role
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.ledger_given import balance, configure, give


def test_a_lot_above_what_one_person_may_correct_is_not_cancelled(counter: Counter) -> None:
    customer = give(counter, 1001)
    configure(counter, WalletTerms(approval_above=1000))
    with reading(counter.tenant.id):
        [lot] = lots(customer)
    cancel = CancelLot(customer_id=customer, lot_id=lot.lot_id, reason="twice")
    with pytest.raises(DomainError, match=r"^earning.lot_too_large_for_one") as refusal:
        counter.do_as("staff:other", cancel)
    assert refusal.value.params == {"points": 1001, "before": 0, "most": 1000}
    assert balance(counter, customer) == (1001, 1001)
    counter.do(SpendPoints(customer_id=customer, points=1))
    assert counter.do_as("staff:other", cancel).points == 1000


@pytest.mark.rounds
def test_halves_of_a_large_correction_wait_as_the_whole_does(counter: Counter) -> None:
    customer = give(counter, 5000)
    configure(counter, WalletTerms(approval_above=1000))
    half = AdjustPoints(customer_id=customer, points=-600, reason="mistake")
    answers = in_parallel(8, lambda n: counter.do_as("staff:a", half))
    assert sorted(a.waits for a in answers) == [False] + [True] * 7
    assert counter.do_as("staff:a", replace(half, points=400)).waits is False, "given and taken count alike, up to the amount"
    assert counter.do_as("staff:a", replace(half, points=1)).waits is True
    assert counter.do_as("staff:b", half).waits is False, "another person has an amount of their own"
    assert counter.do_as("staff:a", replace(half, customer_id=give(counter, 600))).waits is False, "and so has each account"
    for hours, waits in ((23, True), (25, False)):
        at = datetime.now(UTC) + timedelta(hours=hours)
        assert dispatch(half, tenant_id=counter.tenant.id, actor="staff:a", channel="admin", at=at).waits is waits


def test_what_two_agreed_on_counts_for_neither(counter: Counter) -> None:
    configure(counter, WalletTerms(approval_above=1000))
    customer = counter.customer()
    waiting = counter.do_as("staff:a", AdjustPoints(customer_id=customer, points=1001, reason="prize"))
    counter.do_as("staff:b", ApproveCorrection(correction_id=waiting.id, customer_id=customer))
    for person in ("staff:a", "staff:b"):
        assert counter.do_as(person, AdjustPoints(customer_id=customer, points=1000, reason="prize")).waits is False


@pytest.mark.rounds
def test_small_lots_are_not_cancelled_one_by_one_beyond_what_one_person_may(counter: Counter) -> None:
    customer = give(counter, 600)
    give(counter, 600, customer)
    configure(counter, WalletTerms(approval_above=1000))
    with reading(counter.tenant.id):
        orders = [CancelLot(customer_id=customer, lot_id=lot.lot_id, reason="twice") for lot in lots(customer)]
    answers = in_parallel(2, lambda n: counter.do_as("staff:a", orders[n]))
    [refused] = [a for a in answers if isinstance(a, DomainError)]
    assert (refused.code, refused.params) == ("earning.lot_too_large_for_one", {"points": 600, "before": 600, "most": 1000})
    assert balance(counter, customer) == (600, 600)


def test_who_issued_a_program_its_token_approves_nothing_that_it_proposes(counter: Counter) -> None:
    configure(counter, WalletTerms(approval_above=1000))
    customer, person = counter.customer(), uuid4()
    with reading(counter.tenant.id):
        role = Role.objects.get(code="administrator")
        issued = {by: ApiToken.issue(tenant_id=counter.tenant.id, name="a program", role=role, issued_by=by)[0].id for by in (person, None)}
    propose = AdjustPoints(customer_id=customer, points=1001, reason="prize")
    waiting = counter.do_as(f"token:{issued[person]}", propose)
    approve = ApproveCorrection(correction_id=waiting.id, customer_id=customer)
    with pytest.raises(DomainError, match=r"^earning.second_person_needed"):
        counter.do_as(f"staff:{person}", approve)
    counter.do_as("staff:another", approve)
    assert counter.do_as(f"token:{issued[person]}", replace(propose, points=600)).waits is False
    assert counter.do_as(f"staff:{person}", replace(propose, points=600)).waits is True, "it is one person who does both"
    assert counter.do_as(f"token:{issued[None]}", replace(propose, points=1000)).waits is False


@pytest.mark.rounds
def test_a_large_correction_waits_for_somebody_else(counter: Counter) -> None:
    configure(counter, WalletTerms(approval_above=1000))
    customer = give(counter, 1000)
    waiting = counter.do(AdjustPoints(customer_id=customer, points=1001, reason="big prize"))
    assert (waiting.waits, waiting.points, waiting.balance) == (True, 0, 1000)
    approve = ApproveCorrection(correction_id=waiting.id, customer_id=customer)
    with pytest.raises(DomainError, match=r"^earning.second_person_needed"):
        counter.do(approve)
    with pytest.raises(DomainError, match=r"^earning.program_approves_nothing"):
        counter.do_as("token:1", approve)
    with pytest.raises(NotFound, match=r"^earning.correction_unknown"):
        counter.do_as("staff:other", replace(approve, customer_id=give(counter, 1)))
    answers = in_parallel(6, lambda n: counter.do_as(f"staff:{n}", approve))
    assert sorted(a.code for a in answers if isinstance(a, Conflict)) == ["earning.correction_is_decided"] * 5
    assert balance(counter, customer) == (2001, 2001)
    other = counter.do(AdjustPoints(customer_id=customer, points=-1500, reason="mistake"))
    counter.do(RejectCorrection(correction_id=other.id, reason="no mistake"))
    assert rows("earning_correction", counter.tenant, "points, state", "proposed_at") == [(1001, "approved"), (-1500, "rejected")]
