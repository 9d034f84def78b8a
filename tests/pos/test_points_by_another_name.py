"""A programme that calls its points stars does so on every page of the till, of the app and of the administration."""

from __future__ import annotations

import re
from typing import Any

import pytest

from customers.views.access import COOKIE
from earning.commands import ConfigureWallet, WalletTerms
from earning.domain.wallets import UnitName
from tests.customers.test_sign_in import signed_in
from tests.earning.counter import Counter
from tests.earning.levels_counted import active
from tests.earning.levels_given import steps
from tests.pos.counter import HTMX, Till
from tests.pos.documents import sell, take_back
from tests.pos.given import say
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

STARS = (
    UnitName(language="vi", singular="sao", plural="sao"),
    UnitName(language="en", singular="star", plural="stars"),
    UnitName(language="pl", singular="gwiazdka", plural="gwiazdek", few="gwiazdki"),
)
COUNTED = re.compile(r"\d[\d.,\u00a0]*\s(?:points?|điểm|punkt\w*)", re.IGNORECASE)


WORDS = {"vi": "sao", "en": "star", "pl": "gwiazd"}


@pytest.fixture(params=list(WORDS))
def starry(till: Till, request: pytest.FixtureRequest) -> tuple[Till, str]:
    """A till where points are stars, with levels of 20 and 1,000 of them, and what these are called there."""
    say(till.tenant, ConfigureWallet(code="points", decimals=0, units=STARS, terms=WalletTerms()))
    active(Counter(till.tenant), steps(20, 1_000))
    till.client = visitor(till.tenant, till.seller, request.param)
    return till, WORDS[request.param]


def test_nothing_is_counted_in_points_where_they_are_called_otherwise(starry: tuple[Till, str], admin_site: Any) -> None:
    till, word = starry
    sold = sell(till)
    pages = [
        till.find("0912345678", enter=True),
        till.preview("250000"),
        till.record("250000"),
        till.client.get(till.at("till-documents"), query_params={"number": "HD-7"}, headers=HTMX),
        take_back(till, sold, line_1="1"),
        till.client.get(till.at("till-levels")),
    ]
    for page in pages:
        said = text_of(page)
        assert word in said, said
        assert COUNTED.findall(said) == [], said


def test_the_app_and_the_administration_say_so_too(till: Till, admin_site: Any) -> None:
    say(till.tenant, ConfigureWallet(code="points", decimals=0, units=STARS, terms=WalletTerms()))
    set_id = active(Counter(till.tenant), steps(20, 1_000))
    till.record("250000")
    browser = visitor(till.tenant)
    browser.cookies[COOKIE] = signed_in(till.tenant, ApiClient(None, till.tenant.hosts[0]), "0912345678").json()["token"]
    pages = [admin_site.get(f"/admin/earning/levelset/{set_id}/change/"), browser.get("/app/")]
    for page in pages:
        assert page.status_code == 200
        assert "star" in text_of(page)
        assert COUNTED.findall(text_of(page)) == []
