"""Two customers turn out to be one person: everything leads to who joined first, in one hop, and can be taken apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import queries
from customers.commands import (
    ChangeConsents,
    CreateSegment,
    DeactivateCustomer,
    EditCustomer,
    EnterSegment,
    MergeCustomers,
    RegisterCustomer,
    UnmergeCustomer,
)
from customers.domain.consents import Consents
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships
from customers.domain.merging import Belongings, by_age, merge, unmerge
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.guards import disagreements
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, NOW, Register, a_customer, a_minute_later
from tests.customers.test_sign_in import last_code, signed_in
from tests.earning.counter import rows
from tests.support.client import ApiClient
from tests.support.pages import field_of, form_of, text_of


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="admin")


def merged(tenant: Tenant, one: UUID, other: UUID) -> Any:
    return do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="the same passport"))


def refused(act: Any) -> str:
    with pytest.raises(DomainError) as told:
        act()
    return told.value.code


@pytest.fixture
def three(register: Register) -> list[UUID]:
    """In the order in which they joined."""
    return [register(first_name=name, phone=f"+8491234567{n}").customer_id for n, name in enumerate(("An", "Bình", "Chi"))]


def pointers(tenant: Tenant) -> set[tuple[UUID, UUID]]:
    return {(one, survivor) for one, survivor in rows("customers_absorbed", tenant, "id, survivor_id")}


# -- the decision, without a database --------------------------------------------------------------


def belongings(customer: Customer) -> Belongings:
    return customer, Consents(uuid4()), Memberships(uuid4())


@given(st.booleans())
def test_who_joined_first_stays_whoever_is_named_first(turned: bool) -> None:
    one, other = a_customer(), a_customer()
    assert by_age(one, other) == by_age(other, one)
    pair = by_age(*((other, one) if turned else (one, other)))
    merge(belongings(pair[0]), belongings(pair[1]), "one person", NOW)
    assert [event.survivor_id for event in pair[1].pending] == [pair[0].id]
    assert pair[0].pending == []


def test_the_more_careful_word_counts_and_what_came_with_the_merge_goes_with_it() -> None:
    older, younger = (belongings(a_customer()) for _ in range(2))
    older[1].change(older[0].id, {"terms": True, "marketing_sms": True, "marketing_email": True}, "1", "till", NOW)
    younger[1].change(younger[0].id, {"terms": True, "marketing_sms": True, "analytics": True}, "1", "app", NOW)
    younger[1].change(younger[0].id, {"marketing_sms": False}, "", "app", NOW)
    merge(older, younger, "one person", NOW)
    assert set(older[1].given) == {"terms", "marketing_email", "analytics"}
    unmerge(older, younger, "two persons", LATER)
    assert set(older[1].given) == {"terms", "marketing_email"}
    assert (younger[0].merged, set(younger[1].given)) == (None, {"terms", "analytics"})


def test_who_was_merged_is_closed_until_that_is_undone() -> None:
    older, younger = (belongings(a_customer()) for _ in range(2))
    merge(older, younger, "one person", NOW)
    assert {refused(lambda act=act: act()) for act in (
        lambda: younger[0].activate(NOW), lambda: younger[0].deactivate("x", NOW), lambda: younger[0].link("browser_id", "b", NOW),
        lambda: merge(older, younger, "again", NOW),
    )} == {"customers.is_merged"}  # fmt: skip
    unmerge(older, younger, "two persons", LATER)
    younger[0].deactivate("asked", LATER)
    assert refused(lambda: unmerge(older, younger, "again", LATER)) == "customers.not_merged"


# -- through the bus -------------------------------------------------------------------------------


def test_everything_of_both_leads_to_the_survivor_in_one_hop_however_many_merges(tenant: Tenant, three: list[UUID]) -> None:
    an, binh, chi = three
    assert merged(tenant, chi, binh).survivor_id == binh
    assert merged(tenant, binh, an).survivor_id == an
    assert pointers(tenant) == {(binh, an), (chi, an)}
    with reading(tenant.id):
        assert {queries.customer_by("phone", f"091234567{n}").id for n in range(3)} == {an}  # type: ignore[union-attr]
        assert [card.id for card in queries.search("Chi")] == [an]
        assert [queries.customer(one).id for one in three] == [an] * 3
        assert queries.sides(chi) == queries.sides(an)
        assert [card.id for card in queries.customers().items] == [an]
    again = merged(tenant, an, chi)
    assert (again.survivor_id, again.new) == (an, False)
    assert refused(lambda: merged(tenant, an, an)) == "customers.merged_with_itself"
    assert pointers(tenant) == {(binh, an), (chi, an)}, "no circle can form"


def test_a_chain_is_taken_apart_from_its_end(tenant: Tenant, three: list[UUID]) -> None:
    an, binh, chi = three
    merged(tenant, chi, binh)
    merged(tenant, binh, an)
    assert refused(lambda: do(tenant, UnmergeCustomer(customer_id=chi, reason="x"))) == "customers.unmerge_survivor_first"
    do(tenant, UnmergeCustomer(customer_id=binh, reason="two persons"))
    assert pointers(tenant) == {(chi, binh)}
    do(tenant, UnmergeCustomer(customer_id=chi, reason="two persons"))
    assert pointers(tenant) == set()
    assert refused(lambda: do(tenant, UnmergeCustomer(customer_id=chi, reason="x"))) == "customers.not_merged"


@pytest.mark.usefixtures("own_log")
def test_live_is_rebuilt_and_guards_agree(tenant: Tenant, three: list[UUID]) -> None:
    an, binh, chi = three
    merged(tenant, chi, binh)
    merged(tenant, binh, an)
    do(tenant, UnmergeCustomer(customer_id=binh, reason="two persons"))
    live = [checksum(table) for table in PROJECTIONS["customers.absorbed"].tables]
    rebuild(PROJECTIONS["customers.absorbed"])
    assert [checksum(table) for table in PROJECTIONS["customers.absorbed"].tables] == live
    assert not list(disagreements())


def test_who_does_not_take_part_nobody_without_a_reason_and_nobody_of_others_is_merged(
    tenant: Tenant, other_tenant: Tenant, three: list[UUID]
) -> None:
    an, binh, chi = three
    stranger = do(other_tenant, RegisterCustomer(first_name="Dũng")).customer_id
    assert refused(lambda: merged(tenant, an, stranger)) == "customers.not_found"
    assert refused(lambda: do(tenant, MergeCustomers(customer_id=an, other_id=binh, reason=" "))) == "customers.reason_missing"
    do(tenant, DeactivateCustomer(customer_id=chi, reason="asked"))
    assert refused(lambda: merged(tenant, an, chi)) == "customers.inactive_not_merged"
    assert pointers(tenant) == set()


def test_labels_and_segments_follow_and_go_again(tenant: Tenant, three: list[UUID]) -> None:
    an, binh, _ = three
    do(tenant, EditCustomer(customer_id=an, labels={"vip": "yes"}))
    do(tenant, EditCustomer(customer_id=binh, labels={"vip": "no", "tier": "gold"}))
    segment = do(tenant, CreateSegment(code="regulars", name="Regulars")).segment_id
    do(tenant, EnterSegment(customer_id=binh, segment_id=segment))

    def seen() -> tuple[dict[str, str], list[str]]:
        with reading(tenant.id):
            return queries.profile(an).labels, [one.code for one in queries.segments_of(an)]

    merged(tenant, an, binh)
    assert seen() == ({"vip": "yes", "tier": "gold"}, ["regulars"])
    do(tenant, ChangeConsents(customer_id=binh, consents={"analytics": True}, text_version="1"))
    with reading(tenant.id):
        assert [one.purpose for one in queries.consents(an)] == ["analytics"], "what is said of either is said of who stands for both"
    do(tenant, UnmergeCustomer(customer_id=binh, reason="two persons"))
    assert seen() == ({"vip": "yes"}, [])


# -- by the customer, and over the API ---------------------------------------------------------------


def test_a_customer_proves_both_phones_and_both_phones_open_one_account(tenant: Tenant) -> None:
    visitor = ApiClient(None, tenant.hosts[0])
    first = signed_in(tenant, visitor, "0912345678", first_name="Hương").json()
    second = signed_in(tenant, visitor, "0987654321", first_name="Hường").json()
    mine, theirs = (ApiClient(one["token"], tenant.hosts[0]) for one in (first, second))
    asked = theirs.post("/api/v1/me/merge", {"phone": "0912 345 678"})
    assert asked.status_code == 201
    where = f"/api/v1/me/merge/{asked.json()['challenge_id']}"
    wrong = theirs.post(where, {"code": f"{(int(last_code(tenant)) + 1) % 1_000_000:06}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "customers.code_wrong")
    assert mine.post(where, {"code": last_code(tenant)}).json()["code"] == "customers.code_wrong", "the code is who asked's alone"
    done = theirs.post(where, {"code": last_code(tenant)})
    assert (done.status_code, done.json()) == (
        200,
        {"survivor_id": first["customer_id"], "absorbed_id": second["customer_id"], "new": True},
    )
    assert mine.get("/api/v1/me").json() == theirs.get("/api/v1/me").json()
    again = signed_in(tenant, visitor, "0987654321").json()
    assert (again["customer_id"], again["registered"]) == (first["customer_id"], False)
    assert len(mine.get("/api/v1/me/sessions").json()["items"]) == 3
    do(tenant, UnmergeCustomer(customer_id=UUID(second["customer_id"]), reason="two persons"))
    assert theirs.get("/api/v1/me").json()["id"] == second["customer_id"], "a session belongs to whom it was opened for"
    assert len(mine.get("/api/v1/me/sessions").json()["items"]) == 1


def test_nobody_has_that_number_or_it_is_the_own_one(tenant: Tenant) -> None:
    visitor = ApiClient(None, tenant.hosts[0])
    mine = ApiClient(signed_in(tenant, visitor, "0912345678").json()["token"], tenant.hosts[0])
    for phone in ("0987654321", "0912345678"):
        a_minute_later()
        where = mine.post("/api/v1/me/merge", {"phone": phone}).json()["challenge_id"]
        answer = mine.post(f"/api/v1/me/merge/{where}", {"code": last_code(tenant)})
        assert (answer.status_code, answer.json()["code"]) == (422, "customers.nobody_to_merge")


def test_a_number_of_somebody_merged_into_who_takes_no_part_is_refused_at_the_code(tenant: Tenant) -> None:
    visitor = ApiClient(None, tenant.hosts[0])
    first, second = (UUID(signed_in(tenant, visitor, phone).json()["customer_id"]) for phone in ("0912345677", "0912345678"))
    do(tenant, MergeCustomers(customer_id=first, other_id=second, reason="one person"))
    mine = ApiClient(signed_in(tenant, visitor, "0987654321").json()["token"], tenant.hosts[0])
    where = mine.post("/api/v1/me/merge", {"phone": "0912345678"}).json()["challenge_id"]
    code = last_code(tenant)
    do(tenant, DeactivateCustomer(customer_id=first, reason="left"))
    refused_it = mine.post(f"/api/v1/me/merge/{where}", {"code": code})
    told = refused_it.json()
    assert (refused_it.status_code, told["code"], told["errors"][0]["pointer"]) == (422, "customers.inactive_not_merged", "/code")


def test_staff_look_first_merge_and_undo_over_the_api(tenant: Tenant, api: ApiClient, three: list[UUID]) -> None:
    an, binh, _ = three
    path = f"/api/v1/customers/{binh}"
    [seen] = api.get(f"{path}/merge", {"other_id": str(an)}).json()
    assert api.get(f"{path}/merge", {"search": "an"}).json() == [seen]
    assert (seen["survivor_id"], seen["absorbed_id"], seen["merged"], seen["differing"]) == (str(an), str(binh), False, ["name", "phone"])
    tried = api.send("POST", f"{path}/merge", {"other_id": str(an), "reason": "x"}, key=str(uuid4()), query={"dry_run": "true"})
    assert (tried.status_code, pointers(tenant)) == (200, set())
    assert api.post(f"{path}/merge", {"other_id": str(an), "reason": "one person"}).json()["survivor_id"] == str(an)
    assert api.get(path).json()["id"] == str(an), "who was merged answers as who stands for them"
    itself = api.post(f"/api/v1/customers/{an}/merge", {"other_id": str(an), "reason": "x"}).json()
    assert (itself["code"], itself["errors"][0]["pointer"]) == ("customers.merged_with_itself", "/other_id")
    assert [one["id"] for one in api.get(f"/api/v1/customers/{an}/merged").json()] == [str(binh)]
    undone = api.post(f"{path}/unmerge", {"reason": "two persons"})
    assert (undone.status_code, api.get(path).json()["id"]) == (200, str(binh))


# -- in the administration ---------------------------------------------------------------------------


def test_the_page_shows_what_will_happen_before_it_does(tenant: Tenant, admin_site: Any, three: list[UUID]) -> None:
    an, binh, chi = three
    page = f"/admin/customers/customer/{binh}/merge/"
    assert "Merge with another customer" in text_of(admin_site.get(f"/admin/customers/customer/{binh}/change/"))
    foreseen = admin_site.post(page, {"other": "0912345670"}, headers={"HX-Request": "true"})
    assert "What will happen" in text_of(foreseen)
    assert "They differ in: name, phone." in text_of(foreseen)
    unsure = admin_site.post(page, form_of(admin_site.get(page)) | {"other": "0912345670", "reason": "one person"})
    assert unsure.status_code == 422
    assert "required" in field_of(unsure, "sure")
    nobody = admin_site.post(page, form_of(admin_site.get(page)) | {"other": "0999999999", "reason": "x", "sure": "on"})
    assert "Nobody has this phone" in field_of(nobody, "other")
    done = admin_site.post(page, form_of(admin_site.get(page)) | {"other": "0912345670", "reason": "one person", "sure": "on"})
    assert (done.status_code, pointers(tenant)) == (302, {(binh, an)})
    assert "The two are one customer now: An" in text_of(admin_site.get(done["Location"]))
    assert "Merged" in text_of(admin_site.get("/admin/customers/customer/"))
    absorbed = text_of(admin_site.get(f"/admin/customers/customer/{binh}/change/"))
    assert "merged into An" in absorbed
    assert "Deactivate" not in absorbed
    undo = f"/admin/customers/customer/{binh}/unmerge/"
    assert "Neither of them has points." in text_of(admin_site.get(undo))
    assert admin_site.post(undo, form_of(admin_site.get(undo)) | {"reason": "two persons"}).status_code == 302
    assert pointers(tenant) == set()
    assert admin_site.get(undo).status_code == 404
    for one, said in (
        (an, ("Merge undone", "Another customer merged into this one", "Bình")),
        (binh, ("Merge undone", "Merged into another")),
    ):
        told = text_of(admin_site.get(f"/admin/customers/customer/{one}/timeline/"))
        assert all(words in told for words in ("Merge undone", *said)), told
    assert admin_site.post(page, {"other": "\x00"}).status_code == 422
    assert chi not in dict(pointers(tenant))
