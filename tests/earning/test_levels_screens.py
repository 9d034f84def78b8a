"""Level sets through the administration and the API: what is installed, shown, changed and refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning.models import Account, Level, LevelSet
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import CUSTOMERS, Shops, ago, recorded, refusal
from tests.earning.test_admin import text_of
from tests.support.client import ApiClient
from tests.support.pages import form_of

SETS, LEVELS, API = "/admin/earning/levelset/", "/admin/earning/level/", "/api/v1/level-sets"
NAMES = {"name_vi": "Kim cương", "name_en": "Diamond", "name_pl": "Diament"}
TEXTS = [{"language": "vi", "name": "Vàng"}, {"language": "en", "name": "Gold"}, {"language": "pl", "name": "Złoty"}]


def only_set(tenant: Tenant) -> LevelSet:
    with reading(tenant.id):
        return LevelSet.objects.get(tenant_id=tenant.id)


def level_id(tenant: Tenant, code: str) -> UUID:
    with reading(tenant.id):
        return Level.objects.get(tenant_id=tenant.id, code=code).id


@pytest.fixture
def classic(tenant: Tenant, admin_site: Any) -> LevelSet:
    """The ready-made set of four levels, installed by one form."""
    page = admin_site.post(f"{SETS}starter/", {"starter": "classic"}, follow=True)
    assert "The level set is added as a draft." in text_of(page)
    return only_set(tenant)


def test_one_click_installs_four_levels_and_another_puts_them_in_force(tenant: Tenant, admin_site: Any, classic: LevelSet) -> None:
    said = text_of(admin_site.get(f"{SETS}{classic.id}/change/"))
    for shown in ("Member", "Bronze", "Silver", "Gold", "Everybody", "20 points", "999 points", "15% off", "Draft"):
        assert shown in said, shown
    admin_site.post(f"{SETS}{classic.id}/activate/", {"past": "none"})
    assert only_set(tenant).state == "active"
    listed = text_of(admin_site.get(SETS))
    assert "Member, Bronze, Silver, Gold" in listed
    assert "Active" in listed
    assert admin_site.get(f"{SETS}{classic.id}/activate/").status_code == 404
    admin_site.post(f"{SETS}{classic.id}/deactivate/", {"past": "none"})
    assert only_set(tenant).state == "paused"


def test_earlier_purchases_count_where_that_is_chosen_and_what_they_earn_is_shown_before(
    tenant: Tenant, admin_site: Any, api: ApiClient, shops: Shops, classic: LevelSet
) -> None:
    recorded(api, shops.sale(purchased_at=ago(days=2)))
    page = f"{SETS}{classic.id}"
    assert "Of 1 customer who bought something." in text_of(admin_site.get(f"{page}/activate/"))
    live = {"headers": {"HX-Request": "true"}}
    for chosen in ({"past": "none"}, {"past": "since", "since": ""}):
        assert "Everybody begins with the level" in text_of(admin_site.post(f"{page}/activate/", chosen, **live))
    assert "Enter the day." in text_of(admin_site.post(f"{page}/activate/", {"past": "since", "since": "0001-01-01"}))
    admin_site.post(f"{page}/activate/", {"past": "none"})
    admin_site.post(f"{page}/count-past/", {"past": "since", "since": "2020-01-01"})
    assert "since 1 Jan 2020" in text_of(admin_site.get(f"{page}/change/"))
    admin_site.post(f"{page}/count-past/", {"past": "all"})
    assert admin_site.get(f"{page}/count-past/").status_code == 404


def test_programs_ask_what_earlier_purchases_earn_and_let_them_count(api: ApiClient, api_as: Any, shops: Shops) -> None:
    recorded(api, shops.sale(purchased_at=ago(days=2)))
    it = f"{API}/{api.post(f'{API}/ready-made', {'starter': 'classic'}).json()['set_id']}"
    told = api_as("seller").get(f"{it}/past").json()
    assert (told["customers"], told["is_part"], told["levels"][0]) == (1, False, {"level": "member", "customers": 1})
    assert api.get(f"{it}/past?since=2999-01-01T00:00:00Z").json()["customers"] == 0
    assert refusal(api.post(f"{it}/past", {}))[:2] == (409, "earning.level_set_is_not_active")
    api.post(f"{it}/activate")
    assert refusal(api.post(f"{it}/past", {"since": "2999-01-01T00:00:00Z"}))[:2] == (422, "earning.level_since_invalid")
    assert api_as("seller").post(f"{it}/past", {}).status_code == 403
    assert api.post(f"{it}/past", {}).json()["state"] == "active"
    assert api.get(it).json()["past_since"] == "1970-01-01T00:00:00Z"
    assert refusal(api.post(f"{it}/past", {}))[:2] == (409, "earning.all_past_counts")


def test_a_level_is_added_changed_and_removed(tenant: Tenant, admin_site: Any, classic: LevelSet) -> None:
    told = NAMES | {
        "code": "diamond",
        "threshold_1": "5000",
        "multiplier": "1,5",
        "discount": "20",
        "color": "#00AAFF",
        "seen_version": "1",
    }
    refused = admin_site.post(f"{SETS}{classic.id}/add-level/", told | {"threshold_1": "999"})
    assert refused.status_code == 422
    assert "gold and diamond ask for the same" in text_of(refused)
    admin_site.post(f"{SETS}{classic.id}/add-level/", told)
    page = f"{LEVELS}{level_id(tenant, 'diamond')}"
    said = text_of(admin_site.get(f"{page}/change/"))
    for shown in ("Diamond", "5,000 points", "points × 1.5", "20% off"):
        assert shown in said, shown
    form = admin_site.get(f"{page}/edit/").content.decode()
    assert 'value="#00aaff"' in form
    admin_site.post(f"{page}/edit/", told | {"threshold_1": "6000", "seen_version": "2"})
    assert "6,000 points" in text_of(admin_site.get(LEVELS))
    stale = admin_site.post(f"{page}/edit/", told | {"seen_version": "2"})
    assert "Somebody else changed the level set meanwhile" in text_of(stale)
    admin_site.post(f"{page}/remove/", {})
    admin_site.get(LEVELS)
    assert "Diamond" not in text_of(admin_site.get(LEVELS))


def test_what_qualifies_and_how_a_level_is_lost_are_changed_on_a_page_of_their_own(
    tenant: Tenant, admin_site: Any, classic: LevelSet
) -> None:
    told = {
        "name": "Spending", "match": "any", "seen_version": "1", "excluded_skus_1": "GC-1, GC-2",
        "kind_1": "amount", "window_1": "rolling_months", "months_1": "12",
        "kind_2": "purchases", "window_2": "calendar_year", "kind_3": "points", "window_3": "membership_year",
        "downgrade": "period_end", "downgrade_period": "quarter", "one_step": "on", "warn_days": "14", "reset": "points",
    }  # fmt: skip
    assert "Enter 1 to 120 months." in text_of(admin_site.post(f"{SETS}{classic.id}/edit/", told | {"months_1": ""}))
    refused = admin_site.post(f"{SETS}{classic.id}/edit/", told | {"downgrade": "after_days"})
    assert "Enter 1 to 3,650 days." in text_of(refused)
    admin_site.post(f"{SETS}{classic.id}/edit/", told)
    said = text_of(admin_site.get(f"{SETS}{classic.id}/change/"))
    for shown in (
        "Amount spent, in the last 12 months, without GC-1, GC-2",
        "Number of purchases, in the calendar year",
        "Points earned, in the membership year",
        "It is lost at the end of the period; period: Quarter; one step at most in a period; "
        "the customer is told 14 days before. What is left of the points ends too",
        "₫999",
        "Version",
    ):
        assert shown in said, shown
    admin_site.post(f"{SETS}{classic.id}/edit/", told | {"seen_version": "2", "downgrade": "never"})
    assert "quarter" not in str(only_set(tenant).terms["downgrade"]), "what is never lost has no period"
    kept = {measure["kind"] for measure in only_set(tenant).terms["measures"]}
    form = admin_site.get(f"{SETS}{classic.id}/edit/").context["form"]
    admin_site.post(f"{SETS}{classic.id}/edit/", {k: v for k, v in form.initial.items() if v} | {"excluded_skus_1": "GC-1"})
    assert (only_set(tenant).version, {measure["kind"] for measure in only_set(tenant).terms["measures"]}) == (4, kept)


def test_a_ready_made_set_is_offered_until_it_is_installed(tenant: Tenant, admin_site: Any, classic: LevelSet) -> None:
    form = admin_site.get(f"{SETS}starter/").content.decode()
    assert [code for code in ("stars", "classic", "prime") if f'value="{code}"' in form] == ["stars", "prime"]
    refused = admin_site.post(f"{SETS}starter/", {"starter": "classic"})
    assert (refused.status_code, "classic is not one of the available choices" in text_of(refused)) == (422, True)
    for starter in ("stars", "prime"):
        admin_site.post(f"{SETS}starter/", {"starter": starter})
    full = admin_site.get(f"{SETS}starter/")
    assert "Every ready-made set that has room is installed." in text_of(full)
    form = full.content.decode().partition('id="command-form"')[2].partition("</form>")[0]
    assert [part for part in ('name="starter"', 'type="submit"', "<fieldset") if part in form] == []
    assert admin_site.post(f"{SETS}starter/", {"starter": "prime"}).status_code == 422


def test_stars_bring_the_draft_of_their_rule(tenant: Tenant, admin_site: Any) -> None:
    admin_site.post(f"{SETS}starter/", {"starter": "stars"})
    assert "1 point for each full ₫40,000 spent." in text_of(admin_site.get("/admin/earning/rule/"))


def test_a_seller_sees_levels_and_changes_none(tenant: Tenant, classic: LevelSet, api_as: Any) -> None:
    seller = api_as("seller")
    assert [level["code"] for level in seller.get(f"{API}/{classic.id}").json()["levels"]] == ["member", "bronze", "silver", "gold"]
    for path, said in ((f"{API}/ready-made", {"starter": "stars"}), (API, body()), (f"{API}/{classic.id}/activate", None)):
        assert seller.post(path, said).status_code == 403


def body(**changes: Any) -> dict[str, Any]:
    gold = {"code": "gold", "thresholds": [100], "texts": TEXTS, "benefits": {"multiplier": "1.5", "discount": 500}, "color": "#b8860b"}
    return {"name": "Stars", "measures": [{"kind": "points", "window": "rolling_months", "months": 12}], "levels": [gold]} | changes


def test_programs_make_change_and_activate_level_sets(api: ApiClient) -> None:
    made = api.post(API, body())
    assert made.status_code == 201
    it = f"{API}/{made.json()['set_id']}"
    shown = api.get(it).json()
    assert (shown["name"], shown["currency"], shown["state"], shown["version"]) == ("Stars", "VND", "draft", 1)
    assert shown["levels"][0] | {"texts": []} == {
        "code": "gold", "thresholds": [100], "texts": [], "minimum_days": 0, "color": "#b8860b",
        "fee": {"sku": "", "months": 0, "days": 0}, "rewards": [], "photo": "",
        "benefits": {"multiplier": "1.5", "discount": 500, "free_delivery": False, "birthday_gift": False},
    }  # fmt: skip
    assert shown["measures"] == [
        {"kind": "points", "window": "rolling_months", "months": 12, "with_delivery": False, "excluded_skus": [], "excluded_categories": []}
    ]  # fmt: skip
    assert api.post(f"{it}/activate").json()["state"] == "active"
    assert api.put(it, body(name="Sao", seen_version=1)).json()["version"] == 2
    assert refusal(api.put(it, body(seen_version=1)))[:2] == (409, "earning.level_set_changed_meanwhile")
    assert api.post(f"{it}/deactivate").json()["state"] == "paused"
    assert [one["name"] for one in api.get(API).json()] == ["Sao"]
    newest, first = api.get(f"{it}/versions").json()["items"]
    assert (newest["version"], newest["name"], first["version"], first["name"]) == (2, "Sao", 1, "Stars")
    assert first["periods"][0]["end"] == newest["periods"][0]["start"]


def test_a_set_is_called_in_the_language_of_who_asks(api: ApiClient, admin_site: Any, tenant: Tenant, shops: Shops) -> None:
    texts = [
        {"language": lang, "name": name, "description": ""}
        for lang, name in (("vi", "Hạng sao"), ("en", "Star levels"), ("pl", "Gwiazdki"))
    ]
    made = api.post(API, body(texts=texts)).json()
    it, page = f"{API}/{made['set_id']}", f"{SETS}{made['set_id']}"
    api.post(f"{it}/activate")
    in_polish = {"Accept_Language": "pl"}
    assert [(one["name"], one["title"], one["texts"]) for one in api.get(API, **in_polish).json()] == [("Stars", "Gwiazdki", texts)]
    assert [one["set_name"] for one in api.get(f"{CUSTOMERS}/{shops.customer}/levels", **in_polish).json()] == ["Gwiazdki"]
    assert "Star levels" in text_of(admin_site.get(SETS))
    told = form_of(admin_site.get(f"{page}/edit/")) | {"called_en": [""], "described_pl": ["Za każdy zakup"]}
    refused = admin_site.post(f"{page}/edit/", told)
    assert (refused.status_code, "Name the level set for customers in Vietnamese" in text_of(refused)) == (422, True)
    admin_site.post(f"{page}/edit/", told | {"called_en": ["Levels by stars"]})
    now = api.get(it, **in_polish).json()
    assert (now["title"], now["description"], now["texts"][1]["name"], now["version"]) == (
        "Gwiazdki",
        "Za każdy zakup",
        "Levels by stars",
        2,
    )
    assert refusal(api.put(it, body(texts=texts[:2])))[:2] == (422, "earning.level_set_texts_incomplete")


def test_three_sets_are_active_at_most_and_others_may_wait(api: ApiClient) -> None:
    classic, stars, prime = (api.post(f"{API}/ready-made", {"starter": one}).json()["set_id"] for one in ("classic", "stars", "prime"))
    fourth = api.post(API, body(levels=[body()["levels"][0] | {"code": "diamond"}])).json()["set_id"]
    for it in (classic, stars, prime):
        assert api.post(f"{API}/{it}/activate").status_code == 200
    refused = api.post(f"{API}/{fourth}/activate")
    assert refusal(refused)[:2] == (422, "earning.too_many_active_level_sets")
    assert "Deactivate one first" in refused.json()["detail"]
    api.post(f"{API}/{stars}/deactivate")
    assert api.post(f"{API}/{fourth}/activate").status_code == 200
    assert refusal(api.post(f"{API}/ready-made", {"starter": "stars"})) == (422, "earning.level_code_taken", "/starter")


@pytest.mark.parametrize(
    "changes",
    [
        {"levels": [{"code": "g\x00ld", "thresholds": [1], "texts": TEXTS}]},
        {"levels": [{"code": "gold", "thresholds": [10**40], "texts": TEXTS}]},
        {"levels": [{"code": "gold", "thresholds": [1], "texts": TEXTS, "benefits": {"multiplier": "NaN"}}]},
        {"levels": [{"code": "gold", "thresholds": [1], "texts": []}]},
        {"levels": [{"code": "gold", "thresholds": [1], "texts": TEXTS, "unknown": 1}]},
        {"levels": [{"code": "gold", "thresholds": [1], "texts": TEXTS, "rewards": [{"texts": TEXTS, "ends_at": "9999-12-31T23:59:59Z"}]}]},
        {"levels": [{"code": "gold", "thresholds": [1], "texts": TEXTS, "rewards": [{"texts": []}]}]},
        {"downgrade": {"reset": "everything"}},
        {"measures": [{"kind": "points", "window": "rolling_months", "months": 10**30}]},
        {"measures": [{"kind": "smiles"}]},
        {"measures": [{"kind": "points", "excluded_skus": ["GC-1"]}]},
        {"name": "x" * 81},
        {"seen_version": 10**30},
    ],
)
def test_nonsense_is_refused_and_never_an_accident(api: ApiClient, changes: dict[str, Any]) -> None:
    assert api.post(API, body(**changes)).status_code in {400, 422} or changes.keys() == {"seen_version"}


def test_the_levels_of_a_customer_are_told_over_http(api: ApiClient, api_as: Any, shops: Shops) -> None:
    set_id = api.post(f"{API}/ready-made", {"starter": "classic"}).json()["set_id"]
    api.post(f"{API}/{set_id}/activate")
    recorded(api, shops.sale(purchased_at=ago(seconds=0)))
    (told,) = api_as("seller").get(f"{CUSTOMERS}/{shops.customer}/levels").json()
    assert (told["set_id"], told["level"]["code"], told["next_level"]["code"]) == (set_id, "member", "bronze")
    assert told["reaching"] == [{"kind": "points", "total": 12, "missing": 8}]
    assert refusal(api.get(f"{CUSTOMERS}/{set_id}/levels"))[0] == 404
    gift = {"level": "gold", "ends_at": (datetime.now(UTC) + timedelta(days=9)).isoformat(), "reason": "A prize"}
    assert api_as("seller").post(f"{CUSTOMERS}/{shops.customer}/levels", gift).status_code == 403
    assert api.post(f"{CUSTOMERS}/{shops.customer}/levels", gift).json()["levels"] == ["gold"]
    assert refusal(api.post(f"{CUSTOMERS}/{shops.customer}/levels", gift | {"level": "none"}))[:2] == (422, "earning.level_unknown")
    back = {"level": "gold", "reason": "A mistake"}
    assert api.post(f"{CUSTOMERS}/{shops.customer}/levels/withdraw", back).json()["levels"] == ["member"]
    assert refusal(api.post(f"{CUSTOMERS}/{shops.customer}/levels/withdraw", back))[:2] == (409, "earning.level_not_given")


def test_a_level_is_given_and_taken_back_on_the_page_of_an_account(
    tenant: Tenant, admin_site: Any, api: ApiClient, shops: Shops, classic: LevelSet
) -> None:
    admin_site.post(f"{SETS}{classic.id}/activate/", {"past": "none"})
    recorded(api, shops.sale(purchased_at=ago(seconds=0)))
    with reading(tenant.id):
        page = f"/admin/earning/account/{Account.objects.get(tenant_id=tenant.id).id}"
    said = text_of(admin_site.get(f"{page}/change/"))
    for shown in ("Member", "Bronze: 8 points"):
        assert shown in said, shown
    assert "Take a given level back" not in said
    told = {"level": "silver", "reason": "A friend", "last_day": "2020-01-01"}
    assert "Choose an end that is still to come" in text_of(admin_site.post(f"{page}/give-level/", told))
    last = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    admin_site.post(f"{page}/give-level/", told | {"last_day": last})
    said = text_of(admin_site.get(f"{page}/change/"))
    for shown in ("Silver", "given by hand", "10% off", "Gold: 987 points", "Take a given level back"):
        assert shown in said, shown
    admin_site.post(f"{page}/withdraw-level/", {"level": "silver", "reason": "A mistake"})
    assert "given by hand" not in text_of(admin_site.get(f"{page}/change/"))


def test_a_level_that_is_only_bought_is_not_said_to_be_earned(tenant: Tenant, admin_site: Any) -> None:
    admin_site.post(f"{SETS}starter/", {"starter": "prime"})
    said = text_of(admin_site.get(f"{SETS}{only_set(tenant).id}/change/"))
    assert "Only the fee: purchases do not count towards a level" in said
    assert "Points earned" not in said
