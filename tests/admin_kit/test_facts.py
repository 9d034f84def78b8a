"""A history speaks the reader's language: the facts of events have names, and so have those who are nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from django.urls import get_resolver
from django.utils.translation import override

from earning import queries
from earning.commands import Limit, PointsPerAmount, RuleScope, WalletTerms
from earning.domain.exchange import Worth
from earning.domain.lines import Line
from earning.domain.terms import Contribution, TermsOfKind
from earning.domain.wallets import KnownWallet, Wallets
from earning.events import EarningRuleChanged, EarningRuleCreated, PointsSpent, Share, SpendCounted, WalletConfigured
from loyalty.admin.facts import TITLES, Around, actor_title, fact_title, fact_value
from loyalty.admin.history import READ_AS, shown
from loyalty.admin.history import facts_of as facts_told
from loyalty.domain.event import EVENT_TYPES
from tests.earning.test_wallets_of_rules import STARS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WALLETS: dict[Any, Any] = {queries.wallets_here: Wallets(UTC, [KnownWallet(code="stars", decimals=1, versions=(), units=STARS)])}  # type: ignore[arg-type]
CONTEXTS = ("customers.", "earning.", "pos.", "rewards.", "omnichannel.", "support.")


def parts_of(hint: Any) -> Iterator[type[Any]]:
    """The dataclasses that a field of this type may hold."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from parts_of(part)


def facts_of(cls: type[Any], within: frozenset[type[Any]] = frozenset()) -> Iterator[str]:
    """A dataclass that holds itself is looked at once, one that is read as words not at all."""
    if any(issubclass(cls, kind) for kind, _words in READ_AS if dataclasses.is_dataclass(kind)):
        return
    for name, hint in get_type_hints(cls).items():
        if name in {f.name for f in dataclasses.fields(cls)}:
            yield name
            for part in set(parts_of(hint)) - within - {cls}:
                yield from facts_of(part, within | {cls})


@pytest.fixture(autouse=True)
def served() -> None:
    """Contexts name their facts when their pages are loaded."""
    assert get_resolver().url_patterns


@pytest.mark.parametrize("name", sorted(t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS)))
def test_every_fact_of_an_event_has_a_name_that_people_read(name: str) -> None:
    cls = next(t.cls for t in EVENT_TYPES.values() if t.name == name)
    assert set(facts_of(cls)) - set(TITLES) == set()


def test_a_fact_without_a_name_is_made_readable() -> None:
    assert fact_title("stamps_left") == "Stamps left"


def test_a_code_is_told_in_words_where_it_has_some() -> None:
    with override("en"):
        assert str(fact_value("gender", "undisclosed", Around())) == "Not disclosed"
        assert fact_value("first_name", "undisclosed", Around()) == "undisclosed"


@pytest.mark.parametrize(("currency", "said"), [("PLN", "155,50 zł"), ("VND", "15 550 VND")])
def test_money_in_a_history_is_money_of_the_tenant(currency: str, said: str) -> None:
    with override("pl"):
        told = str(fact_value("total", 15550, Around(currency)))
    assert told.replace("\u00a0", " ") == said


def test_parts_of_a_fact_say_what_is_known_of_them() -> None:
    around = Around("PLN", asked=WALLETS)
    with override("pl"):
        lines = shown((Line(total=1250, quantity=2500),), around)
        gave = shown(Contribution(rule_id=UUID(int=0), version=1, points=3, amounts=(1250, 1000)), around)
    assert [line.replace("\u00a0", " ") for line in lines] == ["Rodzaj: Towar, Suma: 12,50 zł, Ilość: 2,5"]
    assert "Kwoty: 12,50 zł; 10,00 zł" in gave.replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "said"), [("en", "12.5 stars"), ("pl", "12,5 gwiazdki"), ("vi", "12,5 sao")])
def test_points_in_a_history_are_those_of_the_wallet_that_is_named_nearest(language: str, said: str) -> None:
    whose = {"account_id": UUID(int=1), "customer_id": UUID(int=2), "wallet": "stars"}
    share = Share(lot_id=UUID(int=3), points=125)
    spent = PointsSpent(**whose, spend_id=UUID(int=4), points=125, shares=(share,), spent_at=NOON)
    with override(language):
        facts = [told for _title, told in facts_told(spent, Around("VND", asked=WALLETS))]
    assert said in facts
    assert any(isinstance(told, list) and told[0].endswith(said) for told in facts), "what each lot gave is counted in the same"


def test_what_limits_kept_from_a_purchase_is_told_in_the_unit_of_its_wallet() -> None:
    whose = {"account_id": UUID(int=1), "customer_id": UUID(int=2), "wallet": "stars", "purchase_id": UUID(int=3)}
    by = {"rule_id": UUID(int=4), "carry_id": UUID(int=5), "version": 1, "currency": "VND", "per": 40_000}
    counted = SpendCounted(**whose, **by, amount=90_000, points=10, lost=125, total=90_000, counted_at=NOON)
    with override("en"):
        assert ("Cut by limits", "12.5 stars") in facts_told(counted, Around("VND", asked=WALLETS))


def test_a_rule_that_is_changed_speaks_of_the_wallet_that_it_was_drafted_with() -> None:
    terms = TermsOfKind.of(PointsPerAmount(points=Decimal("2.5"), per=10_000, currency="VND"))
    scope = RuleScope(limits=(Limit(of="points", most=500, period="day"),))
    drafted = EarningRuleCreated(rule_id=UUID(int=1), wallet="stars", name="A", terms=terms)
    changed = EarningRuleChanged(rule_id=UUID(int=1), version=2, name="A", terms=terms, scope=scope, effective_at=NOON)
    with override("en"):
        told = str(facts_told(changed, Around("VND", begin=drafted, asked=WALLETS)))
    assert "2.5 stars for each" in told
    assert "At most 50 stars for each customer, a day." in told


def test_the_terms_of_a_wallet_are_told_in_its_own_unit() -> None:
    limits = (Limit(of="points", most=1000, period="day"),)
    terms = WalletTerms(approval_above=2000, limits=limits)
    set_up = WalletConfigured(
        wallet_id=UUID(int=1), code="stars", version=1, decimals=1, units=STARS, terms=terms, effective_at=NOON
    )  # fmt: skip
    with override("en"):
        told = str(facts_told(set_up, Around("VND")))
    assert "A second person above: 200 stars" in told
    assert "At most: 100 stars" in told


def test_a_document_in_another_currency_says_its_own_total() -> None:
    with override("en"):
        assert str(fact_value("total", 1250, Around("VND").within(Worth(currency="EUR", amount=1)))) == "€12.50"


@pytest.mark.parametrize(("language", "said"), [("en", "System"), ("vi", "Hệ thống"), ("pl", "System")])
def test_what_nobody_did_was_the_system(language: str, said: str) -> None:
    with override(language):
        assert actor_title("system") == said
        assert actor_title("process:expiry") == "process:expiry"
