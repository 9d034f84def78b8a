"""Merchants, points of sale and sellers on real Postgres: what is written, what is refused, what two people at once get."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from loyalty.bus import dispatch
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos import queries
from pos.commands import (
    ActivateMerchant,
    ActivatePointOfSale,
    ActivateSeller,
    AddMerchant,
    AddPointOfSale,
    AssignSeller,
    DeactivateMerchant,
    DeactivatePointOfSale,
    DeactivateSeller,
    EditMerchant,
    EditPointOfSale,
    OpenSpan,
    microdegrees,
    pos_id_for,
)
from tests.pos.given import a_merchant, a_place, a_seller, nobody, say

MORNING = (OpenSpan(weekday=1, opens=420, closes=720),)


def refused(tenant: Tenant, command: Any) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        say(tenant, command)
    return caught.value.code, caught.value.field


def test_a_merchant_is_in_the_list_at_once_with_its_points_of_sale(tenant: Tenant) -> None:
    cafe = say(
        tenant,
        AddMerchant(
            name="Cà phê Sáng", phone="+842838234567", email="Sang@Example.com", address="12 Lê Lợi", document_scope="pos_year",
            latitude=microdegrees("10.776889", "latitude"), longitude=microdegrees("106.700806", "longitude"),
        ),
    ).merchant_id  # fmt: skip
    a_place(tenant, "B", "Bến Thành", merchant_id=cafe)
    a_place(tenant, "A", "An Phú", merchant_id=cafe)
    with reading(tenant.id):
        (card,) = queries.merchants()
        assert card == queries.merchant(cafe)
    assert (card.name, card.phone, card.email, card.address) == ("Cà phê Sáng", "+842838234567", "sang@example.com", "12 Lê Lợi")
    assert (card.latitude, card.longitude) == (Decimal("10.776889"), Decimal("106.700806"))
    assert (card.points_of_sale, card.document_scope, card.active) == (("An Phú", "Bến Thành"), "pos_year", True)


def test_a_merchant_is_edited_deactivated_and_activated(tenant: Tenant) -> None:
    cafe = a_merchant(tenant)
    say(tenant, EditMerchant(merchant_id=cafe, name="Cà phê Chiều", address="1 Nguyễn Huệ"))
    say(tenant, DeactivateMerchant(merchant_id=cafe))
    with reading(tenant.id):
        card = queries.merchant(cafe)
    assert (card.name, card.phone, card.address, card.active) == ("Cà phê Chiều", "", "1 Nguyễn Huệ", False)
    say(tenant, ActivateMerchant(merchant_id=cafe))
    with reading(tenant.id):
        assert queries.merchant(cafe).active


def test_a_point_of_sale_keeps_its_hours_unless_told_new_ones(tenant: Tenant) -> None:
    shop = a_place(tenant, "ll-1", opening_hours=MORNING)
    say(tenant, EditPointOfSale(pos_id=shop, name="Lê Lợi 2", description="Góc đường"))
    with reading(tenant.id):
        card = queries.point_of_sale(shop)
    assert (card.code, card.name, card.description, card.opening_hours) == ("LL-1", "Lê Lợi 2", "Góc đường", MORNING)
    say(tenant, EditPointOfSale(pos_id=shop, name="Lê Lợi 2", opening_hours=()))
    with reading(tenant.id):
        assert queries.point_of_sale(shop).opening_hours == ()


def test_a_sale_place_says_what_a_purchase_needs(tenant: Tenant) -> None:
    cafe = a_merchant(tenant, document_scope="pos")
    shop = a_place(tenant, merchant_id=cafe)
    with reading(tenant.id):
        place = queries.sale_place(shop)
        online = queries.online_place(cafe)
        assert queries.place_with_code("ll-1") == place
    assert place == queries.SalePlace(
        pos_id=shop, merchant_id=cafe, document_scope="pos", currency="VND", zone="Asia/Ho_Chi_Minh", active=True,
        merchant_name="Cà phê Sáng", pos_name="Lê Lợi", pos_code="LL-1",
    )  # fmt: skip
    assert (online.pos_id, online.merchant_id, online.pos_name) == (None, cafe, "")


@pytest.mark.parametrize("stop", ["merchant", "place"])
def test_a_place_sells_only_while_it_and_its_merchant_are_active(tenant: Tenant, seller_user: User, stop: str) -> None:
    cafe = a_merchant(tenant)
    shop = a_place(tenant, merchant_id=cafe)
    a_seller(tenant, seller_user, shop)
    off, on = (DeactivateMerchant(merchant_id=cafe), ActivateMerchant(merchant_id=cafe)) if stop == "merchant" else (
        DeactivatePointOfSale(pos_id=shop), ActivatePointOfSale(pos_id=shop),
    )  # fmt: skip
    say(tenant, off)
    with reading(tenant.id):
        assert not queries.sale_place(shop).active
        assert queries.places_of(seller_user.id) == queries.all_places() == []
    say(tenant, on)
    with reading(tenant.id):
        assert queries.places_of(seller_user.id) == queries.all_places() == [queries.sale_place(shop)]


def test_a_sale_place_is_asked_for_again_after_a_moment(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_place(tenant)
    with reading(tenant.id):
        assert queries.sale_place(shop).active
    dispatch(DeactivatePointOfSale(pos_id=shop), tenant_id=tenant.id, actor="system", channel="admin")
    with reading(tenant.id):
        assert queries.sale_place(shop).active, "remembered"
        monkeypatch.setattr("pos.queries.places.monotonic", lambda: 10**9)
        assert not queries.sale_place(shop).active


def test_a_seller_sells_where_assigned_until_withdrawn_or_deactivated(tenant: Tenant, seller_user: User) -> None:
    cafe = a_merchant(tenant)
    one, two, three = (a_place(tenant, f"S-{n}", f"Quán {n}", merchant_id=cafe) for n in (1, 2, 3))
    a_seller(tenant, seller_user, two, one)
    a_seller(tenant, seller_user, two, three)
    with reading(tenant.id):
        assert [p.pos_id for p in queries.places_of(seller_user.id)] == [two, three]
        (card,) = queries.sellers()
        assert card == queries.seller(seller_user.id)
    assert (card.name, card.email, card.active) == (seller_user.display_name, seller_user.email, True)
    assert (card.pos_ids, card.points_of_sale) == (tuple(sorted([two, three])), ("Quán 2", "Quán 3"))
    say(tenant, DeactivateSeller(user_id=seller_user.id))
    with reading(tenant.id):
        assert queries.places_of(seller_user.id) == []
        assert queries.seller(seller_user.id).points_of_sale == ("Quán 2", "Quán 3")
    say(tenant, ActivateSeller(user_id=seller_user.id))
    with reading(tenant.id):
        assert len(queries.places_of(seller_user.id)) == 2
        assert queries.places_of(nobody()) == []


def test_what_is_not_there_is_refused(tenant: Tenant, other_tenant: Tenant, seller_user: User) -> None:
    shop, foreign = a_place(tenant), a_place(other_tenant)
    their_merchant = a_merchant(other_tenant)
    assert refused(tenant, EditMerchant(merchant_id=their_merchant, name="x")) == ("pos.merchant_not_found", None)
    assert refused(tenant, AddPointOfSale(merchant_id=their_merchant, code="X", name="x")) == ("pos.merchant_not_found", "merchant_id")
    assert refused(tenant, EditPointOfSale(pos_id=foreign, name="x")) == ("pos.point_of_sale_not_found", None)
    assert refused(tenant, AssignSeller(user_id=nobody(), pos_ids=(shop,))) == ("pos.staff_unknown", "user_id")
    assert refused(other_tenant, AssignSeller(user_id=seller_user.id, pos_ids=(foreign,))) == ("pos.staff_unknown", "user_id")
    assert refused(tenant, AssignSeller(user_id=seller_user.id, pos_ids=(foreign,))) == ("pos.point_of_sale_not_found", "pos_ids")
    assert refused(tenant, ActivateSeller(user_id=seller_user.id)) == ("pos.seller_not_found", None)
    with reading(tenant.id):
        for ask, wanted in ((queries.merchant, their_merchant), (queries.point_of_sale, foreign), (queries.sale_place, foreign),
                            (queries.online_place, their_merchant), (queries.seller, seller_user.id)):  # fmt: skip
            with pytest.raises(NotFound):
                ask(wanted)


def test_two_tenants_may_have_the_same_code(tenant: Tenant, other_tenant: Tenant) -> None:
    assert a_place(tenant, "LL-1") == pos_id_for(tenant.id, "ll-1") != a_place(other_tenant, "LL-1")


def test_of_many_who_take_a_code_at_once_one_gets_it(tenant: Tenant) -> None:
    cafe = a_merchant(tenant)

    def add(n: int) -> str:
        try:
            dispatch(AddPointOfSale(merchant_id=cafe, code="X-1", name=f"Quán {n}"), tenant_id=tenant.id, actor="system", channel="admin")
        except Conflict as taken:
            return taken.code
        finally:
            connections.close_all()
        return "added"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(add, range(8))) == ["added"] + ["pos.code_taken"] * 7
    with reading(tenant.id):
        assert len(queries.points_of_sale()) == 1


def test_lists_go_on_after_the_last_one_seen(tenant: Tenant, make_user: Any) -> None:
    cafe = a_merchant(tenant, "An")
    for name in ("An", "Bình", "Ánh"):
        a_merchant(tenant, name)
    for n in range(5):
        shop = a_place(tenant, f"S-{n}", f"Quán {n % 2}", merchant_id=cafe)
        a_seller(tenant, make_user(tenant, "seller"), shop)
    with reading(tenant.id):
        for ask, key, count in (
            (queries.merchants, lambda c: (c.name, c.merchant_id), 4),
            (queries.points_of_sale, lambda c: (c.name, c.pos_id), 5),
            (queries.sellers, lambda c: (c.name, c.email), 5),
        ):
            everything, seen, after = ask(), [], None
            while page := ask(after=after, limit=2):
                seen, after = [*seen, *page], key(page[-1])
            assert seen == everything
            assert len(seen) == count
        assert len(queries.points_of_sale(merchant_id=cafe)) == 5
        assert queries.points_of_sale(merchant_id=nobody()) == []


@pytest.mark.usefixtures("own_log")
def test_live_and_rebuilt_are_the_same_bytes(tenant: Tenant, make_user: Any) -> None:
    places: list[UUID] = []
    for n in range(3):
        cafe = a_merchant(tenant, f"Quán {n}")
        say(tenant, EditMerchant(merchant_id=cafe, name=f"Quán {n}!", phone="+842838234567", latitude=1, longitude=2))
        places.append(a_place(tenant, f"P-{n}", merchant_id=cafe, opening_hours=MORNING))
        say(tenant, DeactivateMerchant(merchant_id=cafe))
        say(tenant, EditPointOfSale(pos_id=places[-1], name="y"))
        say(tenant, DeactivatePointOfSale(pos_id=places[-1]))
        user = make_user(tenant, "seller")
        a_seller(tenant, user, *places)
        a_seller(tenant, user, places[0])
        say(tenant, DeactivateSeller(user_id=user.id))
        a_seller(tenant, user, places[-1])
    for projection in ("pos.merchants", "pos.points_of_sale", "pos.sellers"):
        (table,) = PROJECTIONS[projection].tables
        live = checksum(table)
        for batch in (1, 2, 7, 1000):
            assert rebuild(PROJECTIONS[projection], batch=batch, swap=False).checksums == {table: live}, (projection, batch)
