"""New terms of a wallet: those that hold already are not decided again, those that were only to come are replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from earning.commands import ConfigureWallet, Expiry, WalletTerms
from earning.domain.wallets import STANDARD_UNITS
from earning.queries.wallets import wallet
from earning.walletbook import wallets_here
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from tests.earning.counter import Counter, rows
from tests.support.client import ApiClient
from tests.support.pages import form_of, text_of

DAY = timedelta(days=1)


def waiting(days: int) -> WalletTerms:
    return WalletTerms(pending_days=days)


def configured(counter: Counter, days: int, at: datetime | None = None) -> None:
    counter.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=waiting(days), effective_at=at))


def held(counter: Counter, at: datetime) -> int:
    with reading(counter.tenant.id):
        return wallets_here().policy("points", at).terms.pending_days


def test_no_time_lies_before_terms_that_hold_already(counter: Counter) -> None:
    now = datetime.now(UTC)
    configured(counter, 1, now - 10 * DAY)
    with pytest.raises(DomainError, match="wallet_since_before") as refused:
        configured(counter, 2, now - 11 * DAY)
    assert (refused.value.field, refused.value.params["earliest"]) == ("effective_at", now - 10 * DAY)
    configured(counter, 2, now - 5 * DAY)
    assert [held(counter, now - days * DAY) for days in (11, 10, 6, 5, 0)] == [0, 1, 1, 2, 2]


def test_terms_that_were_only_to_come_are_replaced(counter: Counter) -> None:
    now = datetime.now(UTC)
    configured(counter, 1, now - 10 * DAY)
    configured(counter, 9, now + 400 * DAY)
    configured(counter, 3)
    assert [held(counter, now + days * DAY) for days in (-1, 1, 399, 401)] == [1, 3, 3, 3]
    with reading(counter.tenant.id):
        assert wallet("points").effective_at < now + DAY  # type: ignore[operator]


def test_what_was_replaced_before_it_began_bars_no_time(counter: Counter) -> None:
    now = datetime.now(UTC)
    configured(counter, 9, now + 2 * DAY)
    configured(counter, 3, now)
    with time_machine.travel(now + 5 * DAY):
        counter.do(
            ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=waiting(4), effective_at=now + DAY), at=now + 5 * DAY
        )
    assert [held(counter, now + days * DAY) for days in (0, 2)] == [3, 4]


def test_naming_a_unit_brings_terms_to_come_no_sooner(counter: Counter, admin_site: Any) -> None:
    now = datetime.now(UTC)
    configured(counter, 1, now - DAY)
    configured(counter, 9, now + 30 * DAY)
    ((row,),) = rows("earning_wallet", counter.tenant, "id")
    page = f"/admin/earning/wallet/{row}/edit/"
    done = admin_site.post(page, form_of(admin_site.get(page)) | {"unit_en_singular": "star"})
    assert done.status_code == 302, text_of(done)
    assert [held(counter, now + days * DAY) for days in (1, 29, 31)] == [1, 1, 9]


def test_a_program_reads_which_time_would_have_been_possible(counter: Counter, api: ApiClient) -> None:
    configured(counter, 1)
    units = [{"language": one.language, "singular": one.singular, "plural": one.plural} for one in STANDARD_UNITS]
    early = api.put("/api/v1/wallets/points", {"units": units, "effective_at": "2026-01-01T00:00:00Z"}).json()
    assert (early["code"], early["errors"][0]["pointer"]) == ("earning.wallet_since_before", "/effective_at")
    units[1]["singular"] = ""
    nameless = api.put("/api/v1/wallets/points", {"units": units}).json()
    assert (nameless["code"], nameless["errors"][0]["pointer"]) == ("earning.wallet_unit_invalid", "/units/1/singular")


def test_a_warning_needs_an_end() -> None:
    with pytest.raises(DomainError, match="wallet_warns_of_nothing"):
        WalletTerms(warn_days=5).check()
    WalletTerms(warn_days=5, expiry=Expiry(kind="month")).check()


def test_nobody_is_warned_before_the_points_are_there() -> None:
    ten = Expiry(kind="after_days", days=10, grace_days=2)
    with pytest.raises(DomainError, match="wallet_warns_too_early") as refused:
        WalletTerms(warn_days=13, expiry=ten).check()
    assert (refused.value.field, refused.value.params["most"]) == ("terms.warn_days", 12)
    WalletTerms(warn_days=12, expiry=ten).check()
