"""Wallets, corrections, transfers and blocks in the administration."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import AdjustPoints
from earning.domain.wallet_type import wallet_id
from earning.models import Correction, Wallet
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.shops import Shops
from tests.pos.given import a_customer
from tests.support.client import visitor
from tests.support.pages import field_of, text_of

ACCOUNTS, WALLETS, CORRECTIONS = (f"/admin/earning/{name}/" for name in ("account", "wallet", "correction"))
NAMES = {
    "unit_vi_singular": "sao", "unit_vi_plural": "sao", "unit_en_singular": "star", "unit_en_plural": "stars",
    "unit_pl_singular": "gwiazdka", "unit_pl_plural": "gwiazdek", "unit_pl_few": "gwiazdki",
}  # fmt: skip
TERMS = {"kind": "month_end", "grace_days": "10", "overdraft": "debt", "approval_above": "500", "restored_days": "30"}


@pytest.fixture
def account(tenant: Tenant, shops: Shops) -> UUID:
    """The account of Nguyễn Thị Đường, with 300 points."""
    Counter(tenant).do_as("system", AdjustPoints(customer_id=shops.customer, points=300, reason="welcome"))
    with reading(tenant.id):
        return queries.account(shops.customer).account_id


def test_points_are_there_before_anybody_sets_them_up_and_can_be_given_other_terms(tenant: Tenant, admin_site: Any) -> None:
    points = wallet_id(tenant.id, "points")
    listed = admin_site.get(WALLETS).content.decode()
    assert f"{WALLETS}{points}/" in listed
    assert "Nothing is here yet" not in listed
    page = text_of(admin_site.get(f"{WALLETS}{points}/change/"))
    assert ("point, points" in page, "Never" in page) == (True, True)
    form = admin_site.get(f"{WALLETS}{points}/edit/").content.decode()
    assert 'value="punktów"' in form
    said = admin_site.post(f"{WALLETS}{points}/edit/", NAMES | TERMS | {"seen_version": "0"}, follow=True)
    assert "The terms of points are changed." in text_of(said)
    with reading(tenant.id):
        assert [(card.code, card.version, card.terms.approval_above) for card in queries.wallets()] == [("points", 1, 500)]
    assert admin_site.get(WALLETS).content.decode().count(f"{WALLETS}{points}/") == listed.count(f"{WALLETS}{points}/")


def test_a_wallet_is_set_up_and_its_terms_are_changed(tenant: Tenant, admin_site: Any) -> None:
    said = text_of(admin_site.post(f"{WALLETS}set-up/", NAMES | TERMS | {"code": "stars", "decimals": "1", "days": "5"}, follow=True))
    assert "The wallet stars is set up." in said
    with reading(tenant.id):
        wallet = Wallet.objects.get()
        assert queries.wallet("stars").terms.expiry.days == 0, "days do not belong to the end of a month, and are not seen with it"
        assert queries.wallet("stars").terms.expiry.grace_days == 10
    page = f"{WALLETS}{wallet.id}/"
    form = admin_site.get(f"{page}edit/").content.decode()
    for value in ('value="gwiazdki"', 'value="500"', 'value="10"', 'value="month_end" selected'):
        assert value in form, value
    rolling = NAMES | TERMS | {"kind": "rolling", "months": "6", "seen_version": "1"}
    assert "Days of grace follow an end" in str(field_of(admin_site.post(f"{page}edit/", rolling), "grace_days"))
    changed = admin_site.post(f"{page}edit/", rolling | {"grace_days": "0"}, follow=True)
    assert "The terms of stars are changed." in text_of(changed)
    assert "6 months after the customer was last active" in text_of(admin_site.get(f"{page}change/"))
    stale = admin_site.post(f"{page}edit/", NAMES | TERMS | {"seen_version": "1"})
    assert (stale.status_code, "it is at version 2, you saw version 1" in text_of(stale)) == (422, True)
    history = text_of(admin_site.get(f"{page}history/"))
    for fact in ("Terms set", "Days of grace", "gwiazdki", "At the end of the month"):
        assert fact in history, fact


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "Đ"}, "The code of a wallet begins with a letter"),
        ({"kind": "after_days"}, "Points live 1 to 3,650 days."),
        ({"kind": "yearly", "day": "31", "month": "2"}, "Enter a day and a month that there are"),
        ({"code": "points"}, "There is a wallet with the code “points”. Edit it, or choose another code."),
        ({"decimals": "5"}, "A wallet has at most 2 decimals."),
        ({"pending_days": "9" * 30}, "Enter a whole number between 0 and 366."),
        ({"unit_pl_plural": ""}, "This field is required."),
    ],
)
def test_a_wallet_that_cannot_be_says_why(admin_site: Any, changes: dict[str, str], sentence: str) -> None:
    answer = admin_site.post(f"{WALLETS}set-up/", NAMES | TERMS | {"code": "stars"} | changes)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_points_are_given_and_taken_with_a_reason(admin_site: Any, account: UUID) -> None:
    page = f"{ACCOUNTS}{account}/"
    given = admin_site.post(f"{page}adjust/", {"direction": "give", "points": "20", "reason": "quà"}, follow=True)
    assert "20 points corrected. The balance is 320 now." in text_of(given)
    taken = admin_site.post(f"{page}adjust/", {"direction": "take", "points": "321", "reason": "nhầm"})
    assert (
        taken.status_code,
        "This takes 321 points, but the account can spend only 320 points: it is short of 1 point." in text_of(taken),
    ) == (422, True)
    half = admin_site.post(f"{page}adjust/", {"direction": "take", "points": "2.5", "reason": "nhầm"})
    assert "at most 0 decimals" in text_of(half)
    shown = text_of(admin_site.get(f"{page}change/"))
    for said in ("Can be spent", "Corrected", "320", "Granted"):
        assert said in shown, said
    history = text_of(admin_site.get(f"{page}history/"))
    for said in ("Points granted", "quà", "Source"):
        assert said in history, said


def test_a_lot_is_cancelled_points_passed_on_and_an_account_blocked(tenant: Tenant, admin_site: Any, account: UUID, shops: Shops) -> None:
    page = f"{ACCOUNTS}{account}/"
    a_customer(tenant, "Lan", "Trần", phone="+84912345679")
    sent = admin_site.post(f"{page}transfer/", {"recipient": "0912345679", "points": "40"}, follow=True)
    assert "40 points passed on. The balance is 260 now." in text_of(sent)
    assert "Points cannot be passed on to this person." in text_of(admin_site.post(f"{page}transfer/", {"recipient": "x", "points": "1"}))
    with reading(tenant.id):
        [lot] = queries.lots(shops.customer)
    done = admin_site.post(f"{page}cancel-lot/", {"lot_id": str(lot.lot_id), "reason": "hai lần"}, follow=True)
    assert "260 points cancelled. The balance is 0 now." in text_of(done)
    assert "is blocked." in text_of(admin_site.post(f"{page}block/", {"reason": "mất máy"}, follow=True))
    for closed in ("block", "spend", "hold", "transfer"):
        assert admin_site.get(f"{page}{closed}/").status_code == 404
    assert re.search(r"Blocked Since .*, by .*: mất máy", text_of(admin_site.get(f"{page}change/")))
    assert "can be used again." in text_of(admin_site.post(f"{page}unblock/", {"reason": "tìm thấy"}, follow=True))
    assert "mất máy" not in text_of(admin_site.get(f"{page}change/"))


def test_a_large_correction_is_approved_by_somebody_else(
    tenant: Tenant, admin_site: Any, account: UUID, make_user: Callable[..., User]
) -> None:
    admin_site.post(f"{WALLETS}{wallet_id(tenant.id, 'points')}/edit/", NAMES | TERMS | {"seen_version": "0"})
    waits = admin_site.post(f"{ACCOUNTS}{account}/adjust/", {"direction": "give", "points": "501", "reason": "giải nhất"}, follow=True)
    said = text_of(waits)
    assert "The correction waits for somebody else to approve it." in said
    assert "add up to 501 stars: above" in said
    with reading(tenant.id):
        correction = Correction.objects.get()
    page = f"{CORRECTIONS}{correction.id}/"
    said = text_of(admin_site.get(f"{page}change/"))
    for shown in ("Nguyễn Thị Đường", "+501 stars", "Stars", "giải nhất", "Waits for a second person", "Administrator"):
        assert shown in said, shown
    offered = [f"{page}{command}/" in admin_site.get(f"{page}change/").content.decode() for command in ("approve", "reject")]
    assert offered == [False, True], "one's own is not approved, but can be taken back"
    assert "You proposed this correction yourself." in text_of(admin_site.post(f"{page}approve/", {}))
    other = visitor(tenant, make_user(tenant, "administrator"))
    assert f"{page}approve/" in other.get(f"{page}change/").content.decode()
    for decides in ("approve", "reject"):
        assert "Nguyễn Thị Đường: +501 stars. Reason: giải nhất" in text_of(other.get(f"{page}{decides}/"))
    assert "The correction is approved." in text_of(other.post(f"{page}approve/", {}, follow=True))
    assert other.get(f"{page}reject/").status_code == 404
    with reading(tenant.id):
        assert queries.account(queries.correction(correction.id).customer_id).balance == 801
    assert "Approved" in text_of(admin_site.get(CORRECTIONS))


def test_marketers_see_wallets_and_correct_nothing(tenant: Tenant, account: UUID, marketer_user: User) -> None:
    marketer = visitor(tenant, marketer_user)
    assert marketer.get(WALLETS).status_code == 200
    for closed in (f"{WALLETS}set-up/", f"{ACCOUNTS}{account}/adjust/", CORRECTIONS):
        assert marketer.get(closed).status_code == 403
