"""One sale document, fifty tills at once: whatever they say, it happened once."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import replace
from uuid import UUID

import pytest

from earning.commands import Line, PurchaseAnswer
from earning.events import PurchaseRecorded
from loyalty.domain.errors import Conflict
from loyalty.eventstore import store
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows

TILLS = 50


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def recorded(counter: Counter, purchase_id: UUID) -> list[PurchaseRecorded]:
    """What the log knows of the document."""
    with reading(counter.tenant.id):
        return [r.event for r in store.load(purchase_id)]


def test_the_same_content_is_one_purchase_and_49_same_answers(counter: Counter) -> None:
    order = counter.order(counter.customer(), 250_000)
    answers = in_parallel(TILLS, lambda n: counter.do(order))
    assert all(isinstance(a, PurchaseAnswer) for a in answers), Tally(map(repr, answers))
    assert Tally(a.duplicate for a in answers) == {False: 1, True: TILLS - 1}
    assert {replace(a, duplicate=False) for a in answers} == {next(a for a in answers if not a.duplicate)}
    purchase_id = answers[0].purchase_id
    assert len(recorded(counter, purchase_id)) == 1
    assert rows("earning_purchase", counter.tenant, "id, total, points") == [(purchase_id, 250_000, 25)]
    assert rows("earning_account", counter.tenant, "balance, movements") == [(25, 1)]


def test_other_contents_are_refused_with_both_versions(counter: Counter) -> None:
    order = counter.order(counter.customer(), 250_000)
    contents = [replace(order, total=total, lines=(Line(total=total),)) for total in range(10_000, 10_000 * (TILLS + 1), 10_000)]
    answers = in_parallel(TILLS, lambda n: counter.do(contents[n]))
    (won,) = [n for n, a in enumerate(answers) if isinstance(a, PurchaseAnswer)]
    (kept,) = recorded(counter, answers[won].purchase_id)
    assert (kept.total, answers[won].balance) == (contents[won].total, won + 1)
    for n, refusal in enumerate(answers):
        if n == won:
            continue
        assert isinstance(refusal, Conflict)
        assert (refusal.code, refusal.field) == ("earning.document_differs", "document_number")
        assert refusal.params["recorded"] == {"total": kept.total, "lines": kept.lines}
        assert refusal.params["given"] == {"total": contents[n].total, "lines": contents[n].lines}
    assert rows("earning_purchase", counter.tenant, "total") == [(contents[won].total,)]
    assert rows("earning_account", counter.tenant, "balance, movements") == [(won + 1, 1)]


def test_who_comes_first_stays_and_who_repeats_it_later_is_known(counter: Counter) -> None:
    """Half of the tills say one thing, half another; whichever was first, its half agrees for ever."""
    order = counter.order(counter.customer(), 250_000)
    sides = [order, replace(order, total=90_000, lines=(Line(total=90_000),))]
    answers = in_parallel(TILLS, lambda n: counter.do(sides[n % 2]))
    won = {n % 2 for n, a in enumerate(answers) if isinstance(a, PurchaseAnswer)}
    assert len(won) == 1
    assert [isinstance(a, PurchaseAnswer) for a in answers] == [n % 2 in won for n in range(TILLS)]
    (side,) = won
    assert counter.do(sides[side]).duplicate
    with pytest.raises(Conflict, match=r"^earning.document_differs"):
        counter.do(sides[1 - side])
