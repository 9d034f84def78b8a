"""Wallets with decimals say their amounts in their own unit; what was earned before a wallet had terms is under its first ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from earning.domain.account import Account
from earning.domain.correcting import cancel, grant
from earning.domain.expiry import Expiry
from earning.domain.spending import restore, spend
from earning.domain.wallet_type import WalletType
from earning.domain.wallets import KnownWallet, TermsSince, UnitName, WalletPolicy, Wallets, WalletTerms
from earning.units import phrase
from loyalty.api.renderers import dumps
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.points import LARGEST
from loyalty.messages.refusals import message
from tests.earning.given import NOON

UNITS = (
    UnitName(language="vi", singular="sao", plural="sao"),
    UnitName(language="en", singular="star", plural="stars"),
    UnitName(language="pl", singular="gwiazdka", plural="gwiazdek", few="gwiazdki"),
)
MONTH = WalletTerms(expiry=Expiry(kind="after_days", days=30), approval_above=10)
STARS = KnownWallet(code="stars", decimals=1, units=UNITS, versions=(TermsSince(since=NOON, terms=MONTH),))


def policy() -> WalletPolicy:
    return Wallets(ZoneInfo("UTC"), [STARS]).policy("stars", NOON)


def account(points: int) -> Account:
    """With so many tenths of a star."""
    made = Account(uuid4())
    grant(made, policy(), uuid4(), points, uuid4(), "manual", "welcome", NOON)
    return made


def test_what_is_missing_is_said_in_the_unit_and_decimals_of_the_wallet() -> None:
    with pytest.raises(DomainError) as refused:
        spend(account(62), policy(), 999, uuid4(), None, NOON)
    said = {}
    for language in ("vi", "en", "pl"):
        with override(language):
            said[language] = message(refused.value)
    assert said == {
        "vi": "Cần 99,9 sao nhưng chỉ dùng được 6,2 sao: còn thiếu 93,7 sao.",
        "en": "This takes 99.9 stars, but the account can spend only 6.2 stars: it is short of 93.7 stars.",
        "pl": "Potrzebne: 99,9 gwiazdki, do wydania: tylko 6,2 gwiazdki, brakuje: 93,7 gwiazdki.",
    }
    told = {"available": 62, "wanted": 999, "missing": 937, "later": {"held": 0, "held_until": None, "pending": 0, "pending_until": None}}
    assert json.loads(dumps(refused.value.params)) == told, "programs read the smallest unit"


def test_what_does_not_fit_an_account_is_said_with_the_room_that_there_is() -> None:
    with pytest.raises(DomainError) as refused, override("en"):
        grant(account(62), policy(), uuid4(), LARGEST, uuid4(), "manual", "welcome", NOON)
    with override("en"):
        assert "at most 100,000,000,000,000 stars, and this one has room for 99,999,999,999,993.8 stars." in message(refused.value)


def test_what_cannot_come_back_or_be_cancelled_is_said_so_too() -> None:
    held, spend_id = account(62), uuid4()
    spend(held, policy(), 5, spend_id, None, NOON)
    with pytest.raises(DomainError) as back, override("en"):
        restore(held, policy(), spend_id, 6, uuid4(), NOON)
    with pytest.raises(DomainError) as lot, override("en"):
        cancel(held, policy(), next(iter(held.all.by_id)), "wrong", "staff:1", NOON)
    with override("en"):
        assert message(back.value) == "Of this, 0.5 stars can be given back at most."
        assert "still has 5.7 stars, and you corrected 0 stars" in message(lot.value)
        assert "Above 1 star " in message(lot.value)


@pytest.mark.parametrize(
    ("amount", "said"),
    [(10, "1 gwiazdka"), (15, "1,5 gwiazdki"), (20, "2 gwiazdki"), (320, "32 gwiazdki"), (325, "32,5 gwiazdki"), (500, "50 gwiazdek")],
)
def test_whole_amounts_have_no_decimals_and_a_fraction_its_own_form(amount: int, said: str) -> None:
    assert phrase(policy().unit, amount, "pl") == said


def test_a_purchase_from_before_a_wallet_had_terms_is_under_its_first_ones() -> None:
    later = TermsSince(since=NOON + timedelta(days=1), terms=WalletTerms())
    both = [replace(STARS, versions=(*STARS.versions, later)), replace(STARS, code="points")]
    wallets, before = Wallets(ZoneInfo("UTC"), both), NOON - timedelta(days=3)
    assert wallets.policy("stars", before).terms == MONTH
    assert wallets.policy("stars", later.since).terms == WalletTerms()
    assert wallets.policy("points", before).terms == WalletTerms(), "points were there before anybody set them up"
    assert wallets.policy("points", NOON).terms == MONTH


@pytest.mark.parametrize("code", ["stars", "points"])
def test_a_new_wallet_takes_no_code_that_is_there(code: str) -> None:
    wallet = WalletType(uuid4())
    if code != "points":
        wallet.configure(code, 1, UNITS, MONTH, NOON, None, NOON, new=True)
    with pytest.raises(Conflict, match=r"^earning.wallet_code_taken") as refused:
        wallet.configure(code, 0, UNITS, WalletTerms(), NOON, None, NOON, new=True)
    assert refused.value.field == "code"
    wallet.configure(code, 1, UNITS, WalletTerms(), NOON, wallet.number, NOON)
