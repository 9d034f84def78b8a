"""Rewards in the administration: added under a minute, with everything there is to say of them, and told in words."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards import queries
from rewards.commands import (
    BenefitOfKind,
    CancelCoupon,
    Cashback,
    CreateReward,
    Custom,
    CustomerLimit,
    DiscountAmount,
    DiscountPercent,
    EarlyAccess,
    EventAccess,
    FreeDelivery,
    FreeProduct,
    LuckyDraw,
    MaterialGift,
    PriceForSome,
    Prize,
    RewardContent,
    RewardPrice,
    RewardTerms,
    RewardWindow,
    ValueCode,
)
from rewards.domain.kinds import Benefit
from rewards.models import Reward
from tests.files.test_photos_on_pages import file
from tests.pos.given import a_place
from tests.rewards.given import TEXTS, RewardShop
from tests.support.client import visitor
from tests.support.pages import field_of, form_of, text_of

REWARDS = "/admin/rewards/reward/"
ADD = f"{REWARDS}add-reward/"
COFFEE = {"name": "Cà phê miễn phí", "kind": "discount_amount", "amount": "35.000", "price_points": "1.000", "stock": "1.000"}
EVENT = datetime(2026, 12, 24, 11, 30, 15, tzinfo=UTC)
PRIZES = LuckyDraw(prizes=(Prize(code="Vé", weight=1, stock=2), Prize(code="Bánh", weight=9)))
OF_KINDS: list[tuple[dict[str, str], Benefit]] = [
    ({"kind": "discount_amount", "amount": "35 000"}, DiscountAmount(amount=35_000)),
    ({"kind": "discount_percent", "percent": "7,5 %", "most": "50.000"}, DiscountPercent(basis_points=750, most=50_000)),
    ({"kind": "value_code", "amount": "１００.０００"}, ValueCode(amount=100_000)),
    ({"kind": "free_delivery"}, FreeDelivery()),
    (
        {"kind": "event_access", "event_place": "Quận 3", "event_begins": "2026-12-24T18:30"},
        EventAccess(place="Quận 3", begins_at=datetime(2026, 12, 24, 11, 30, tzinfo=UTC)),
    ),
    ({"kind": "material_gift", "gift_sku": "QT01", "delivered": "on"}, MaterialGift(sku="QT01", delivered=True)),
    (
        {"kind": "cashback", "per_point": "0,5", "least_points": "20", "most_points": "1.000", "price_points": "7"},
        Cashback(per_point=Decimal("0.5"), least=20, most=1000),
    ),
    ({"kind": "free_product", "free_skus": "CF, TR", "free_quantity": "1,5"}, FreeProduct(skus=("CF", "TR"), quantity=1500)),
    (
        {"kind": "lucky_draw", "prizes_0_code": "Vé", "prizes_0_stock": "2", "prizes_2_code": "Bánh", "prizes_2_weight": "9"},
        PRIZES,
    ),
    ({"kind": "custom", "amount": "nonsense", "prizes_0_weight": "x"}, Custom()),
]


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def only(tenant: Tenant, name: str) -> Reward:
    with reading(tenant.id):
        return Reward.objects.get(tenant_id=tenant.id, name=name)


def content_of(tenant: Tenant, key: UUID) -> RewardContent:
    with reading(tenant.id):
        return queries.reward(key).content


def everything(benefit: Benefit, place: UUID) -> RewardContent:
    """A reward with all that a program can set, also what no form could ask for."""
    priced = not isinstance(benefit, Cashback)
    return RewardContent(
        name="Everything",
        texts=TEXTS,
        terms=RewardTerms(
            gives=BenefitOfKind.of(benefit),
            price=RewardPrice(points=1_000 if priced else 0, amount=20_000),
            prices_for_some=(PriceForSome(points=0, level="gone"), PriceForSome(points=5, segment="vip")) if priced else (),
            cost=1_000,
            tax_rate=850,
            visible=RewardWindow(starts=EVENT, weekdays=(7, 1), opens=600),
            active=RewardWindow(ends=EVENT, opens=22 * 60, closes=120),
            stock=0,
            limits=(CustomerLimit(most=1, period="day"), CustomerLimit(most=1_000, period="year")),
            daily_budget=1,
            merchants=(uuid4(),),
            points_of_sale=(place, uuid4()),
            minimum_basket=100_000,
            skus=("a,b", "CF"),
            categories=("Cà phê",),
            alone=True,
            exclusive_group="one",
            valid_after_days=1,
            valid_days=30,
            levels=("gold",),
            segments=("vip",),
            early_access=(EarlyAccess(level="gold", hours=24),),
            codes="shared",
            code_prefix="SEN",
            public=True,
            featured=True,
            category="Đồ uống",
            labels=("new",),
            more_at="https://example.com",
            sold=False,
        ),
    )


def test_name_kind_price_and_stock_are_enough_and_the_life_of_a_reward_is_told_by_name(tenant: Tenant, admin_site: Any) -> None:
    page = admin_site.post(ADD, COFFEE, follow=True)
    row = only(tenant, COFFEE["name"])
    its, said = f"{REWARDS}{row.id}/", text_of(page)
    for told in ("is added as a draft", "₫35,000 off one purchase.", "1,000 points", "Draft", "Activate"):
        assert told in said, told
    terms = content_of(tenant, row.id).terms
    assert terms == RewardTerms(gives=BenefitOfKind.of(DiscountAmount(amount=35_000)), price=RewardPrice(points=1_000), stock=1_000)
    assert "is scheduled: it can be had from 1 Feb 2150, 8:00 AM" in text_of(
        admin_site.post(f"{its}activate/", {"effective_at": "2150-02-01T08:00"}, follow=True)
    )
    assert "can be had." in text_of(admin_site.post(f"{its}activate/", {}, follow=True))
    assert "is paused." in text_of(admin_site.post(f"{its}pause/", {}, follow=True))
    admin_site.post(f"{its}activate/", {})
    assert "can be had until 31 Jan 2150." in text_of(admin_site.post(f"{its}end/", {"ends_at": "2150-02-01T00:00"}, follow=True))
    assert "has no end any more." in text_of(admin_site.post(f"{its}keep/", {}, follow=True))
    assert "has ended." in text_of(admin_site.post(f"{its}end/", {}, follow=True))
    assert [admin_site.get(f"{its}{page}/").status_code for page in ("edit", "activate", "pause", "end", "keep")] == [404] * 5
    copied = admin_site.post(f"{its}copy/", form_of(admin_site.get(f"{its}copy/")), follow=True)
    assert "Cà phê miễn phí (copy) is added as a draft." in text_of(copied)
    assert content_of(tenant, only(tenant, "Cà phê miễn phí (copy)").id).terms == terms


def test_each_kind_is_asked_for_what_it_gives(tenant: Tenant, admin_site: Any) -> None:
    for number, (typed, benefit) in enumerate(OF_KINDS):
        page = admin_site.post(ADD, {"name": f"Reward {number}", "stock": ""} | typed)
        assert page.status_code == 302, (typed, text_of(page))
        assert content_of(tenant, only(tenant, f"Reward {number}").id).terms == RewardTerms(gives=BenefitOfKind.of(benefit))


def test_what_a_form_shows_and_nobody_touches_is_not_lost(tenant: Tenant, shop: RewardShop, admin_site: Any) -> None:
    place = a_place(tenant)
    benefits = [one for _typed, one in OF_KINDS[:-1]] + [EventAccess(begins_at=EVENT), Cashback(per_point=Decimal("0.000001"))]
    for benefit in benefits:
        content = everything(benefit, place)
        key = shop.do(CreateReward(content=content)).reward_id
        shown = form_of(admin_site.get(f"{REWARDS}{key}/edit/"))
        answer = admin_site.post(f"{REWARDS}{key}/edit/", shown)
        assert answer.status_code == 302, text_of(answer)
        assert content_of(tenant, key) == content
        admin_site.post(
            f"{REWARDS}{key}/edit/", shown | {"name": ["Renamed"], "prices_1_points": ["6"] if "prices_1_points" in shown else []}
        )
        changed = content_of(tenant, key)
        assert (changed.name, changed.terms.stock, changed.terms.merchants) == ("Renamed", 0, content.terms.merchants)
        assert [one.points for one in changed.terms.prices_for_some] == [0, 6][: len(content.terms.prices_for_some)]


def test_wrong_input_is_told_at_its_field(tenant: Tenant, admin_site: Any) -> None:
    wrong = {
        "name": ("", "This field is required."),
        "amount": ("12,5", "Amounts in VND have no decimals."),
        "price_points": ("-1", "Enter a whole number above zero."),
        "stock": ("many", "Enter a whole number above zero."),
        "active_opens": ("25:00", "Enter a valid time."),
        "active_starts": ("0001-01-01T00:00", "Enter a valid date/time."),
        "limit_week": ("1.5", "Enter a whole number above zero."),
        "tax_rate": ("120", "Enter a percentage between 0 and 100"),
        "minimum_basket": ("-5", "Enter an amount"),
        "early_0_hours": ("3", "This field is required."),
        "prices_0_points": ("5", "This field is required."),
        "points_of_sale": (str(uuid4()), "Select a valid choice."),
    }
    page = admin_site.post(ADD, COFFEE | {name: typed for name, (typed, _said) in wrong.items()})
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    shown_at = {"early_0_hours": "early_0_level", "prices_0_points": "prices_0_whom"}
    for name, (_typed, said) in wrong.items():
        assert said in field_of(page, shown_at.get(name, name)), (name, said)
    with reading(tenant.id):
        assert not Reward.objects.filter(tenant_id=tenant.id).exists()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"amount": ""}, "amount", "This field is required."),
        ({"kind": "lucky_draw"}, "prizes_0_code", "This field is required."),
        ({"kind": "lucky_draw", "prizes_0_code": "A", "prizes_1_code": "A"}, "prizes_0_code", "with a code of its own"),
        ({"kind": "lucky_draw", "prizes_1_code": "A", "prizes_1_weight": "9999999"}, "prizes_1_weight", "Enter a number from 1"),
        ({"kind": "free_product", "free_skus": ", ,"}, "free_skus", "This field is required."),
        ({"kind": "cashback", "per_point": "1", "least_points": "9", "most_points": "3"}, "most_points", "Enter a number from 9"),
        ({"kind": "discount_percent", "percent": "0"}, "percent", "This field is required."),
        ({"name_pl": "Kawa", "brand_vi": "Sen", "short_pl": "x" * 301}, "short_pl", "This text is too long"),
        ({"active_starts": "2030-01-02T00:00", "active_ends": "2030-01-01T00:00"}, "active_ends", "The end must lie after the beginning."),
        ({"visible_opens": "08:00", "visible_closes": "08:00"}, "visible_opens", "Hours begin and end at different minutes"),
        ({"more_at": "http://example.com"}, "more_at", "<li>A link begins with https://."),
        ({"code_prefix": "oil"}, "code_prefix", "A prefix has at most 8 capital letters"),
        ({"valid_days": "99999"}, "valid_days", "Enter a number from 1 to 3,660."),
        ({"limit_ever": "0"}, "limit_ever", "Enter a number from 1"),
        ({"category": "a\u200bb"}, "category", "cannot be shown"),
    ],
)
def test_what_the_domain_refuses_is_told_at_the_field_that_holds_it(admin_site: Any, typed: dict[str, str], field: str, said: str) -> None:
    page = admin_site.post(ADD, COFFEE | typed)
    assert page.status_code == 422, text_of(page)[-600:]
    assert said in field_of(page, field), field_of(page, field)


def test_the_form_says_what_the_reward_gives_while_it_is_typed(admin_site: Any) -> None:
    def live(**typed: str) -> str:
        return text_of(admin_site.post(ADD, COFFEE | typed, headers={"HX-Request": "true"}))

    assert "Gives ₫35,000 off one purchase. Price 1,000 points" in live()
    said = live(
        amount="x", price_amount="5.000", limit_week="2", active_weekdays="1", name_vi="Cà phê", conditions_vi="**một** <script>x</script>"
    )
    assert "Gives … Price 1,000 points + ₫5,000" in said
    assert "Monday" in said
    assert "2 times a week" in said
    page = admin_site.post(ADD, COFFEE | {"conditions_vi": "**một** <script>x</script>"}, headers={"HX-Request": "true"}).content.decode()
    assert "<strong>một</strong>" in page
    assert "<script>" not in page


def test_photos_are_kept_and_taken_away(tenant: Tenant, admin_site: Any) -> None:
    admin_site.post(ADD, COFFEE | {"photo_2": file(), "icon": file(), "brand_pl": "Sen"})
    row = only(tenant, COFFEE["name"])
    content = content_of(tenant, row.id)
    assert content.photos == (content.icon,)
    assert [(text.language, text.name, text.brand) for text in content.texts] == [("pl", COFFEE["name"], "Sen")]
    assert content.icon in admin_site.get(f"{REWARDS}{row.id}/change/").content.decode()
    shown = form_of(admin_site.get(f"{REWARDS}{row.id}/edit/"))
    plain = {name: value for name, value in shown.items() if not name.startswith("photo_") and name != "icon"}
    admin_site.post(f"{REWARDS}{row.id}/edit/", plain | {"photo_1-clear": "on"})
    assert (content_of(tenant, row.id).photos, content_of(tenant, row.id).icon) == ((), content.icon)


def test_a_page_shows_what_became_of_a_reward_and_what_each_version_changed(tenant: Tenant, shop: RewardShop, admin_site: Any) -> None:
    key = shop.reward(DiscountAmount(amount=20_000), points=10, stock=5, daily_budget=50_000)
    coupons = [shop.redeem(shop.with_points(100, phone=f"+8491234567{n}"), key) for n in range(2)]
    shop.do(CancelCoupon(coupon_id=coupons[0].coupon_id, reason="no"))
    page = f"{REWARDS}{key}/edit/"
    admin_site.post(page, form_of(admin_site.get(page)) | {"price_points": ["15"], "limit_day": ["1"]})
    said = text_of(admin_site.get(f"{REWARDS}{key}/change/"))
    assert "so far 2 0 1 4 ₫20,000 ₫0 ₫20,000 of ₫50,000" in said
    assert "Price: 10 points → 15 points" in said
    assert "Limits of a customer: – → 1 time a day" in said
    later = admin_site.post(page, form_of(admin_site.get(page)) | {"seen_version": ["1"], "stock": ["9"]})
    assert "you saw version 1, now it is version 2" in text_of(later)
    assert "In numbers" in text_of(admin_site.get(f"{REWARDS}{key}/change/"))
    assert "Reward drafted" in text_of(admin_site.get(f"{REWARDS}{key}/history/"))


def test_the_list_is_narrowed_found_and_taken_along(tenant: Tenant, shop: RewardShop, admin_site: Any) -> None:
    shop.reward(points=10, name="=Đường phèn", category="Đồ uống", featured=True)
    shop.do(CreateReward(content=RewardContent(name="Nháp", terms=RewardTerms(gives=BenefitOfKind.of(Custom())), texts=TEXTS)))

    def names(**asked: str) -> list[str]:
        file = b"".join(admin_site.get(f"{REWARDS}export/", asked).streaming_content).decode("utf-8-sig")
        return [row["Name"] for row in csv.DictReader(StringIO(file))]

    assert names() == ["'=Đường phèn", "Nháp"]
    assert names(q="duong") == names(standing="active") == names(category="Đồ uống") == names(featured__exact="1") == ["'=Đường phèn"]
    assert names(q="darmowa kawa", standing="draft") == names(kind="custom") == ["Nháp"]
    assert names(public__exact="1") == []
    assert "10 points" in text_of(admin_site.get(REWARDS, {"o": "4"}))


def test_who_may_not_edit_sees_and_changes_nothing(tenant: Tenant, shop: RewardShop, marketer_user: Any, make_user: Any) -> None:
    key = shop.reward()
    marketer, support, seller = (
        visitor(tenant, user) for user in (marketer_user, make_user(tenant, "support"), make_user(tenant, "seller"))
    )
    assert "Add reward" in text_of(marketer.get(REWARDS))
    assert marketer.get(ADD).status_code == 200
    seen = text_of(support.get(f"{REWARDS}{key}/change/"))
    assert "In numbers" in seen
    assert "Pause" not in seen
    assert {support.post(path, COFFEE).status_code for path in (ADD, f"{REWARDS}{key}/pause/", f"{REWARDS}{key}/edit/")} == {403}
    assert seller.get(REWARDS, follow=True).redirect_chain[-1][0] == "/till/"
