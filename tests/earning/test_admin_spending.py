"""Points are spent and kept aside in the administration, an account is shown as of any day, a purchase is voided on its own."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from earning import queries
from earning.admin.axes import axes
from earning.commands import AdjustPoints, ConfigureWallet, SpendPoints, WalletTerms
from earning.models import Hold
from earning.streams import account_of
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.shops import Shops
from tests.earning.test_wallets_of_rules import STARS
from tests.pos.given import say
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

ACCOUNTS, PURCHASES = "/admin/earning/account/", "/admin/earning/purchase/"


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


@pytest.fixture
def account(tenant: Tenant, counter: Counter, shops: Shops) -> UUID:
    """With 300 points since three days ago, of which 100 were spent yesterday."""
    now = datetime.now(UTC)
    counter.do(AdjustPoints(customer_id=shops.customer, points=300, reason="welcome"), at=now - timedelta(days=3))
    counter.do(SpendPoints(customer_id=shops.customer, points=100), at=now - timedelta(days=1))
    with reading(tenant.id):
        return queries.account(shops.customer).account_id


def test_points_are_spent_kept_aside_used_and_freed(tenant: Tenant, admin_site: Any, account: UUID) -> None:
    page = f"{ACCOUNTS}{account}/"
    assert admin_site.get(f"{page}confirm-hold/").status_code == 404
    assert "50 points spent. The balance is 150 now." in text_of(admin_site.post(f"{page}spend/", {"points": "50"}, follow=True))
    assert "can spend only 150 points" in text_of(admin_site.post(f"{page}spend/", {"points": "151"}))
    until = (datetime.now(tenant.zone) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for points in ("30", "20"):
        assert f"{points} points are kept aside." in text_of(
            admin_site.post(f"{page}hold/", {"points": points, "ends_at": until}, follow=True)
        )
    with reading(tenant.id):
        first, second = Hold.objects.order_by("-points").values_list("id", flat=True)
    assert "30 points spent. The balance is 120 now." in text_of(
        admin_site.post(f"{page}confirm-hold/", {"hold_id": str(first)}, follow=True)
    )
    freed = {"hold_id": str(second), "command_id": str(uuid4())}
    assert "20 points are free again." in text_of(admin_site.post(f"{page}release-hold/", freed, follow=True))
    assert admin_site.get(f"{page}release-hold/").status_code == 404
    again = admin_site.post(f"{page}release-hold/", freed, follow=True)
    assert "This form was sent before and counts once." in text_of(again)
    late = admin_site.post(f"{page}release-hold/", freed | {"command_id": str(uuid4())}, follow=True)
    assert "it was changed meanwhile. Nothing was saved." in text_of(late)
    assert admin_site.post(f"{page}release-hold/", freed | {"command_id": "\0"}).status_code == 404


def test_accounts_of_one_customer_are_told_apart_by_wallet_and_unit(admin_site: Any, counter: Counter, shops: Shops, account: UUID) -> None:
    counter.do(ConfigureWallet(code="stars", units=STARS, decimals=1, terms=WalletTerms(), effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    say(counter.tenant, AdjustPoints(customer_id=shops.customer, points=25, wallet="stars", reason="welcome"))
    listed = text_of(admin_site.get(ACCOUNTS))
    assert "Points 200 points" in listed
    assert "Stars 2.5 stars" in listed
    stars = account_of(shops.customer, counter.tenant.id, "stars")
    assert "Points 2.5 stars" in text_of(admin_site.get(f"{ACCOUNTS}{stars}/history/"))


@pytest.mark.parametrize(
    ("ends_at", "said"),
    [
        ("", "This field is required."),
        ("2020-01-01T00:00", "enter one later than now, at most a week away"),
        ("9998-01-01T00:00", "at most 7 days from now"),
        ("gestern", "Enter a valid date/time."),
    ],
)
def test_a_hold_ends_within_a_week(admin_site: Any, account: UUID, ends_at: str, said: str) -> None:
    answer = admin_site.post(f"{ACCOUNTS}{account}/hold/", {"points": "10", "ends_at": ends_at})
    assert (answer.status_code, said in text_of(answer)) == (422, True)


def test_a_day_that_is_asked_for_ends_before_the_next_begins(rf: Any) -> None:
    saigon, midnight = ZoneInfo("Asia/Ho_Chi_Minh"), datetime(2026, 1, 31, 17, tzinfo=UTC)
    told = axes(rf.get("/", {"as_of": "2026-01-31", "known_at": "9998-01-01"}), saigon)
    assert told.as_of == midnight - timedelta(microseconds=1)
    assert told.known_at <= datetime.now(UTC)


def test_an_account_is_shown_as_of_a_day_as_it_was_known_then(
    tenant: Tenant, admin_site: Any, account: UUID, api: ApiClient, shops: Shops
) -> None:
    """What was recorded today of three days ago was not known two days ago."""
    day = datetime.now(tenant.zone).date() - timedelta(days=2)
    end, known = datetime.combine(day, time.max, tenant.zone).isoformat(), datetime.now(tenant.zone).date().isoformat()
    for asked, points in (({"as_of": day.isoformat()}, 300), ({"known_at": day.isoformat()}, 0), ({"known_at": known}, 200)):
        told = {name: end if value == day.isoformat() else datetime.now(UTC).isoformat() for name, value in asked.items()}
        held = api.get(f"/api/v1/customers/{shops.customer}/account/balance", told).json()["balance"]
        shown = text_of(admin_site.get(f"{ACCOUNTS}{account}/change/", asked))
        assert held == points
        assert f"Balance Can be spent Not active yet Kept aside Debt {held} {held} 0 0 0" in shown
        statement = shown.rpartition("Statement")[2].partition("Books")[0]
        assert ("-100" in statement.replace("−", "-")) == (points == 200)


@pytest.mark.parametrize("asked", ["abc", "9999-99-99", "1800-01-01", "2026-01-31\0", "２０２６-01-31"])
def test_what_is_no_day_is_told_at_its_field(admin_site: Any, account: UUID, asked: str) -> None:
    for name, other in (("as_of", "known_at"), ("known_at", "as_of")):
        page = admin_site.get(f"{ACCOUNTS}{account}/change/", {name: asked, other: "2026-01-31"})
        assert "What the account held" not in text_of(page)
        assert f'aria-describedby="id_{name}_error"' in page.content.decode()
        assert f"id_{other}_error" not in page.content.decode()
        assert "Enter a day, such as 2026-01-31." in text_of(page)


def test_who_recorded_a_purchase_voids_it_on_its_day_with_a_reason(
    tenant: Tenant, admin_site: Any, admin_user: User, make_user: Any, counter: Counter, shops: Shops
) -> None:
    bought = counter.do_as(f"staff:{admin_user.id}", counter.order(shops.customer, 250_000, number="HD-1", purchased_at=datetime.now(UTC)))
    page = f"{PURCHASES}{bought.purchase_id}/"
    assert "Void" in text_of(admin_site.get(f"{page}change/"))
    other = visitor(tenant, make_user(tenant, "administrator"))
    assert f"{page}void/" not in other.get(f"{page}change/").content.decode()
    assert other.post(f"{page}void/", {"reason": "nhầm"}).status_code == 422
    assert admin_site.post(f"{page}void/", {"reason": ""}).status_code == 422
    done = text_of(admin_site.post(f"{page}void/", {"reason": "nhầm"}, follow=True))
    assert "HD-1 is voided; 25 points were taken back." in done
    assert admin_site.get(f"{page}void/").status_code == 404
