"""The programme publishes terms; who joins agrees to the version that was before them, and every version can be read for ever."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from customers import queries
from customers.commands import PublishTerms
from customers.domain.terms import LONGEST_TERMS, Terms, checked, terms_id, version_number
from customers.events import TermsText
from customers.views.terms import agreed_to
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import NOW
from tests.customers.test_sign_in import PHONE, do, last_code
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient, visitor
from tests.support.pages import field_of, form_of, text_of

API, ADMIN = "/api/v1/terms", "/admin/customers/terms/"


def said(**texts: str) -> tuple[TermsText, ...]:
    return tuple(TermsText(language=language, text=text) for language, text in texts.items())


def test_the_same_text_again_is_the_same_version_however_its_lines_end() -> None:
    terms = Terms(terms_id(1))
    numbers = [terms.publish(said(**texts), None, NOW) for texts in ({"vi": "Một\r\nHai "}, {"vi": "Một\nHai", "pl": " "}, {"vi": "Ba"})]
    assert (numbers, [event.texts for event in terms.pending]) == ([1, 1, 2], [said(vi="Một\nHai"), said(vi="Ba")])


@pytest.mark.parametrize(
    ("texts", "code", "field"),
    [
        ((), "terms_text_missing", "texts"),
        (said(vi=" \n"), "terms_text_missing", "texts"),
        (said(de="Ja"), "terms_language", "texts"),
        ((*said(vi="a"), *said(vi="b")), "terms_language", "texts"),
        (said(en="a\0"), "unprintable_text", "texts.en"),
        (said(en="\ud800"), "unprintable_text", "texts.en"),
        (said(pl="a" * (LONGEST_TERMS + 1)), "text_too_long", "texts.pl"),
    ],
)
def test_what_is_no_text_is_refused_at_its_language(texts: tuple[TermsText, ...], code: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked(texts)
    assert (refused.value.code, refused.value.field) == (f"customers.{code}", field)


@pytest.mark.parametrize("name", ["terms-0", "terms-01", "terms-", "terms-１", "app-1", "terms-9999999999"])
def test_what_is_no_name_of_a_version_names_none(name: str) -> None:
    assert (version_number(name), version_number("terms-12")) == (None, 12)


def test_nobody_undoes_what_somebody_else_published_meanwhile(tenant: Tenant) -> None:
    do(tenant, PublishTerms(texts=said(vi="Một"), seen_version=0))
    with pytest.raises(DomainError, match="terms_changed_meanwhile") as refused:
        do(tenant, PublishTerms(texts=said(vi="Hai"), seen_version=0))
    assert (refused.value.field, refused.value.params) == ("seen_version", {"version": 1, "seen": 0})
    assert do(tenant, PublishTerms(texts=said(vi="Hai"), seen_version=1)) == 2


def test_a_page_of_long_ago_agrees_to_the_text_that_holds(tenant: Tenant) -> None:
    for text in ("Một", "Hai", "Ba"):
        do(tenant, PublishTerms(texts=said(vi=text)))
    with reading(tenant.id):
        assert [agreed_to(seen) for seen in ("terms-3", "terms-2", "terms-1", "app-1", "", "x")] == [
            "terms-3", "terms-2", "terms-3", "terms-3", "terms-3", "terms-3",
        ]  # fmt: skip
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)), reading(tenant.id):
        assert agreed_to("terms-2") == "terms-3"


def test_of_fifty_texts_at_once_each_is_a_version_of_its_own(tenant: Tenant) -> None:
    numbers = in_parallel(50, lambda n: do(tenant, PublishTerms(texts=said(vi=f"Bản {n}"))))
    assert sorted(number for number in numbers if not isinstance(number, DomainError)) == [*range(1, 51)]


def join(tenant: Tenant, meanwhile: str = "") -> str:
    """What consents say that somebody agreed to who joined on the pages, while another text may have been published."""
    page = visitor(tenant)
    where = page.post("/app/sign-in/", {"phone": PHONE}).headers["Location"]
    asked = page.post(where, {"code": last_code(tenant)})
    if meanwhile:
        do(tenant, PublishTerms(texts=said(vi=meanwhile)))
    seen = re.findall(r'name="terms_seen" value="([^"]*)"', asked.content.decode())
    joined = page.post(where, {"code": last_code(tenant), "join": "1", "terms_version": "on", "terms_seen": seen})
    assert (joined.status_code, joined.headers.get("Location")) == (302, "/app/"), text_of(joined)
    with reading(tenant.id):
        (whose,) = queries.customers(limit=2).items
        return next(one.text_version for one in queries.consents(whose.id) if one.purpose == "terms")


@pytest.mark.parametrize(("meanwhile", "agreed"), [("", "terms-2"), ("Mới hơn", "terms-2")])
def test_who_joins_agrees_to_the_text_that_was_before_them(tenant: Tenant, meanwhile: str, agreed: str) -> None:
    for text in ("Cũ", "Mới"):
        do(tenant, PublishTerms(texts=said(vi=text)))
    assert join(tenant, meanwhile) == agreed


def test_until_then_it_is_the_text_that_says_so(tenant: Tenant) -> None:
    assert "has not published a text of its own" in text_of(visitor(tenant).get("/app/terms/", headers={"Accept-Language": "en"}))
    assert (visitor(tenant).get("/app/terms/terms-1/").status_code, join(tenant)) == (404, "app-1")


def test_every_version_can_be_read_by_everybody_in_their_language(tenant: Tenant, other_tenant: Tenant) -> None:
    do(tenant, PublishTerms(texts=said(vi="### Điểm\n\n<script>alert(1)</script> **Tích** điểm", en="Collect points")))
    do(tenant, PublishTerms(texts=said(vi="Bản mới")))
    page = visitor(tenant)
    old, new = (page.get(f"/app/terms/{name}", headers={"Accept-Language": "vi"}) for name in ("terms-1/", ""))
    assert "<h3>Điểm</h3>" in old.content.decode()
    assert "<strong>Tích</strong>" in old.content.decode()
    assert "<script>alert" not in old.content.decode()
    assert "Hiện đã có điều khoản khác áp dụng." in text_of(old)
    assert "Bản mới" in text_of(new)
    assert "Collect points" in text_of(page.get("/app/terms/terms-1/", headers={"Accept-Language": "en"}))
    assert "Bản mới" in text_of(page.get("/app/terms/", headers={"Accept-Language": "pl"})), "there is none in Polish"
    assert visitor(other_tenant).get("/app/terms/terms-1/").status_code == 404


def test_programs_publish_and_everybody_reads(tenant: Tenant, api: ApiClient) -> None:
    nobody = api.anonymous()
    assert (nobody.get(API).status_code, nobody.get(API).json()["code"]) == (404, "customers.terms_unpublished")
    made = api.post(API, {"texts": {"vi": "Một", "en": "One"}})
    assert (made.status_code, made.json()) == (201, {"version": "terms-1"})
    assert nobody.get(API).json()["texts"] == {"vi": "Một", "en": "One"}
    unknown = nobody.get(API, {"version": "terms-2"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "customers.terms_unknown")
    empty = api.post(API, {"texts": {}}).json()
    assert (empty["code"], empty["errors"][0]["pointer"]) == ("customers.terms_text_missing", "/texts")


def test_staff_publish_and_see_who_did_when(tenant: Tenant, admin_site: Any) -> None:
    assert "Nothing was published yet" in text_of(admin_site.get(ADMIN))
    page = f"{ADMIN}publish/"
    wrong = admin_site.post(page, form_of(admin_site.get(page)))
    assert (wrong.status_code, "Write the terms" in field_of(wrong, "text_vi")) == (422, True)
    done = admin_site.post(page, form_of(admin_site.get(page)) | {"text_vi": "Điều **một**"})
    assert done.status_code == 302, text_of(done)
    assert form_of(admin_site.get(page))["text_vi"] == ["Điều **một**"], "the next version begins with this one"
    ((row,),) = rows("customers_terms", tenant, "id")
    assert "<strong>một</strong>" in admin_site.get(f"{ADMIN}{row}/change/").content.decode()
