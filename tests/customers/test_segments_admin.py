"""Segments in the administration: made, filled by hand and by a list, searched; a list says of each row what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.commands import CreateSegment, EnterSegment, RegisterCustomer
from customers.tasks import import_members
from loyalty.bus import dispatch
from loyalty.imports.models import Upload
from loyalty.jobs.models import JobRun
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.support.client import visitor
from tests.support.pages import field_of, text_of

SEGMENTS, MEMBERS, CUSTOMERS = (f"/admin/customers/{name}/" for name in ("segment", "member", "customer"))
RUNS = "/admin/jobs/jobrun/"


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="system", channel="test")


@pytest.fixture
def vip(tenant: Tenant) -> UUID:
    return do(tenant, CreateSegment(code="vip", name="Khách quý")).segment_id


@pytest.fixture
def people(tenant: Tenant) -> list[Any]:
    told = (("Đường", {"phone": "+84912345678"}), ("Hoa", {"email": "hoa@example.com"}), ("An", {"card": "97040001"}))
    return [do(tenant, RegisterCustomer(first_name=name, **held)) for name, held in told]


def worked_on(tenant: Tenant) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """The result of the latest run, and line and code of each row in its report."""
    with reading(tenant.id):
        run = JobRun.objects.latest("created_at")
    import_members(tenant.id, str(run.pk))
    with reading(tenant.id):
        run.refresh_from_db()
        assert (run.state, Upload.objects.exists()) == ("done", False)
    report = rows("jobs_reportline", tenant, f"number, code, run_id = '{run.pk}'", "number")
    return run.summary, [(number, code) for number, code, mine in report if mine]


def members(tenant: Tenant) -> set[UUID]:
    return {customer for (customer,) in rows("customers_segment_member", tenant, "customer_id")}


def test_a_segment_is_made_and_a_customer_put_in_and_taken_out_by_hand(tenant: Tenant, admin_site: Any, people: list[Any]) -> None:
    answer = admin_site.post(f"{SEGMENTS}create/", {"name": "Khách quý", "code": " VIP", "description": ""}, follow=True)
    assert "The segment “Khách quý” is added." in text_of(answer)
    ((segment,),) = rows("customers_segment", tenant, "id")
    page = f"{CUSTOMERS}{people[0].customer_id}"
    assert admin_site.get(f"{page}/leave-segment/").status_code == 404
    answer = admin_site.post(f"{page}/enter-segment/", {"segment": str(segment)}, follow=True)
    assert "Đường is in the segment “Khách quý”." in text_of(answer)
    assert "Segments Khách quý" in text_of(answer)
    assert "Came into a segment" in text_of(admin_site.get(f"{page}/history/"))
    shown = text_of(admin_site.get(f"{SEGMENTS}{segment}/change/"))
    assert "1 customer" in shown
    ((member,),) = rows("customers_segment_member", tenant, "id")
    answer = admin_site.post(f"{MEMBERS}{member}/remove/", {}, follow=True)
    assert "Đường · Khách quý is no longer in it." in text_of(answer)
    assert members(tenant) == set()


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"name": "", "code": "vip"}, "name", "required"),
        ({"name": "x", "code": "quý"}, "code", "without accents"),
        ({"name": "x", "code": "VIP"}, "code", "Another segment"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin_site: Any, vip: UUID, given: dict[str, str], field: str, said: str) -> None:
    page = admin_site.post(f"{SEGMENTS}create/", given)
    assert page.status_code == 422
    assert said in field_of(page, field)


def test_a_typed_list_puts_in_whom_it_names_and_reports_the_rest(tenant: Tenant, admin_site: Any, vip: UUID, people: list[Any]) -> None:
    typed = f"0912 345 678, HOA@example.com\n9704-0001;{people[1].code}\n\n0987654321\n=cmd|'/c calc'!A1, \"\n"
    answer = admin_site.post(f"{SEGMENTS}{vip}/list/", {"leave": "in", "customers": typed})
    assert answer.headers["Location"].startswith(RUNS)
    summary, report = worked_on(tenant)
    assert summary == {"rows": 7, "recorded": 3, "unchanged": 1, "refused": 3}
    assert report == [(n, "customers.not_found") for n in (5, 6, 7)]
    assert members(tenant) == {one.customer_id for one in people}
    assert {way for (way,) in rows("customers_segment_member", tenant, "way")} == {"import"}
    admin_site.post(f"{SEGMENTS}{vip}/list/", {"leave": "out", "customers": people[0].code})
    assert worked_on(tenant)[0] == {"rows": 1, "recorded": 1}
    assert people[0].customer_id not in members(tenant)
    page = admin_site.post(f"{SEGMENTS}{vip}/list/", {"leave": "in", "customers": " ,;\n"})
    assert (page.status_code, "required" in field_of(page, "customers")) == (422, True)


def test_a_file_says_who_comes_in_and_each_bad_row_its_reason(tenant: Tenant, admin_site: Any, vip: UUID, people: list[Any]) -> None:
    body = "SĐT,Email\n0912345678,\n,hoa@example.com\n12345,\n,\n0912345678,nobody@example.com\n"
    sent = {"segment": str(vip), "leave": "in", "file": SimpleUploadedFile("khách.csv", body.encode()), "encoding": ""}
    columns = admin_site.post(f"{RUNS}import-members/", sent).headers["Location"]
    values = {name: admin_site.get(columns).context["form"][name].value() or "" for name in ("phone", "email")}
    assert values == {"phone": "SĐT", "email": "Email"}
    admin_site.post(columns, values)
    summary, report = worked_on(tenant)
    assert summary == {"rows": 4, "recorded": 2, "unchanged": 1, "refused": 1}
    assert report == [(4, "phone.invalid")]
    assert members(tenant) == {people[0].customer_id, people[1].customer_id}


def test_what_means_two_customers_is_reported(tenant: Tenant, admin_site: Any, vip: UUID, people: list[Any]) -> None:
    do(tenant, RegisterCustomer(first_name="Bình", external_id="97040001"))
    admin_site.post(f"{SEGMENTS}{vip}/list/", {"leave": "in", "customers": "97040001"})
    assert worked_on(tenant)[1] == [(1, "customers.reference_ambiguous")]


def test_members_are_searched_within_the_segment(tenant: Tenant, admin_site: Any, vip: UUID, people: list[Any]) -> None:
    other = do(tenant, CreateSegment(code="new", name="Mới")).segment_id
    for segment, one in ((vip, people[0]), (vip, people[1]), (other, people[0]), (other, people[2])):
        do(tenant, EnterSegment(segment_id=segment, customer_id=one.customer_id))

    def listed(query: str) -> list[str]:
        page = admin_site.get(f"{MEMBERS}?{query}")
        assert page.status_code == 200
        return sorted(str(row) for row in page.context["cl"].result_list)

    assert listed(f"segment={vip}") == ["Hoa · Khách quý", "Đường · Khách quý"]
    assert listed(f"segment={vip}&q=duong") == ["Đường · Khách quý"]
    assert listed("q=5678") == ["Đường · Khách quý", "Đường · Mới"]
    assert listed("segment=x&q=hoa") == ["Hoa · Khách quý"]
    assert admin_site.get(f"{MEMBERS}?segment=%00&q=an").status_code == 302


def test_who_sells_sees_no_segments(tenant: Tenant, seller_user: User, marketer_user: User, vip: UUID, people: list[Any]) -> None:
    do(tenant, EnterSegment(segment_id=vip, customer_id=people[0].customer_id))
    for path in (SEGMENTS, MEMBERS, f"{SEGMENTS}{vip}/list/", f"{CUSTOMERS}{people[0].customer_id}/enter-segment/"):
        assert visitor(tenant, marketer_user).get(path).status_code == 200, path
        assert visitor(tenant, seller_user).get(path).status_code in {302, 403}, path
