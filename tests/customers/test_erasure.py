"""Erasing a customer: no table holds what tells who it was, rebuilt or live, and nothing brings it back."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from django.core.management import call_command
from django.db import connections

from customers import queries
from customers.commands import (
    CreateSegment,
    EditCustomer,
    EnterSegment,
    EraseCustomer,
    IssueCustomerToken,
    RegisterCustomer,
    SendCode,
)
from customers.forgotten_words import SETTLED_AFTER, forget_words
from customers.tasks import expunge_search, forget_words_of_all
from earning.commands import ForfeitPoints, HoldPoints, Reference, RestorePoints, SpendPoints, VoidPurchase
from loyalty.bus import dispatch, dispatch_all
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.event import ERASED
from loyalty.eventstore import store
from loyalty.guards import disagreements
from loyalty.jobs.models import JobRun, ReportLine
from loyalty.lookup import lookup_digests
from loyalty.messages.outbox import write
from loyalty.projections.rebuild import checksum
from loyalty.search import SearchUnavailable
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import bring_level
from tests.customers.test_proof import proven
from tests.earning.counter import Counter, in_parallel, rows
from tests.support.client import ApiClient
from tests.support.pages import field_of, text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PHONE, OLD_PHONE, EMAIL, CARD, OWN_ID = "+84912345678", "+84987000111", "quynhhoa@example.com", "KTQX97040001", "CRM-QXZ-7"
TOLD = {
    "first_name": "Quỳnhhoa",
    "last_name": "Trầnbá",
    "address": "12 ngõ Lạcxa",
    "company": "Côngty Hoaxa",
    "labels": {"nhãnxa": "giátrịxa"},
}
FOLDED = ("quynhhoa", "tranba")
FORMS = [*(str(told) for told in TOLD.values() if isinstance(told, str)), *FOLDED, "nhãnxa", "giátrịxa", CARD, OWN_ID]
PHONES = [PHONE, OLD_PHONE, PHONE[3:], OLD_PHONE[3:]]
FILE = f"id,name,phone,email,card,address\n{OWN_ID},Trầnbá Quỳnhhoa,{PHONE},{EMAIL},{CARD},12 ngõ Lạcxa\n"


def do(tenant: Tenant, command: Any, **how: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", **how)


def imported(tenant: Tenant, folder: Path) -> set[str]:
    """The codes in the report of a file that names the person."""
    path = folder / "customers.csv"
    path.write_text(FILE.replace("12 ngõ Lạcxa", "13 ngõ Lạcxa"))
    call_command("import_customers", path, tenant=tenant.code, language="en", stdout=io.StringIO())
    with reading(tenant.id):
        return set(ReportLine.objects.filter(run_id=JobRun.objects.latest("created_at").pk).values_list("code", flat=True))


def token_of(tenant: Tenant) -> str:
    return f"ltc_quynhhoa{tenant.id}"


@pytest.fixture
def somebody(tenant: Tenant, api: ApiClient, tmp_path: Path) -> UUID:
    """Somebody with all that is kept of a person: also a token, a message, tries, a segment, kept answers, the report of a file that
    names them, and a receipt that does.
    """
    Counter(tenant).sell(None, 50_000, references=(Reference("phone", PHONE), Reference("card", CARD)))
    held = {"phone": OLD_PHONE, "email": EMAIL, "card": CARD, "external_id": OWN_ID, "gender": "female"}
    customer = UUID(api.post("/api/v1/customers", held | TOLD).json()["customer_id"])
    assert api.patch(f"/api/v1/customers/{customer}", {"phone": PHONE}).status_code == 200
    assert imported(tenant, tmp_path) == {"imports.customer_differs"}
    do(tenant, IssueCustomerToken(customer_id=customer, hash=token_hash(token_of(tenant)), minutes=60))
    do(tenant, EnterSegment(segment_id=do(tenant, CreateSegment(code="vip", name="VIP")).segment_id, customer_id=customer))
    for purpose, whose, to in (("sign_in", None, OLD_PHONE), ("phone", customer, "+84987000222")):
        order = SendCode(purpose=purpose, kind="phone", to=to, code="123456", asked_from="198.51.100.1", language="vi", customer_id=whose)
        do(tenant, order)
    do(tenant, SendCode(purpose="sign_in", kind="phone", to=PHONE, code="123456", asked_from="198.51.100.1", language="vi"))
    with reading(tenant.id):
        write(tenant.id, customer, customer, "points_end", "vi", "Quỳnhhoa, 25 điểm", datetime.now(UTC))
    with connections["owner"].cursor() as cursor:
        tried = "insert into earning_attempts (tenant_id, customer_id, guess, day, tried) values (%s, %s, 'receipt', current_date, 1)"
        cursor.execute(tried, [tenant.id, customer])
    return customer


def tables(tenant: Tenant) -> dict[str, str]:
    """Every row of the tenant as text, by table; every row at all of tables that are no tenant's."""
    having = """select format('%I.%I', n.nspname, c.relname), exists (select from pg_attribute a where a.attrelid = c.oid
            and a.attname = 'tenant_id' and not a.attisdropped) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')"""
    with connections["owner"].cursor() as cursor:
        cursor.execute(having)
        found = {}
        for name, of_tenants in cursor.fetchall():
            of_tenant, params = (" where tenant_id = %s", [tenant.id]) if of_tenants else ("", [])
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {name} t{of_tenant}", params)
            found[name] = cursor.fetchone()[0]
    return found


def tell_tales(tenant: Tenant, customer: UUID) -> set[tuple[str, str]]:
    """Table and what in it tells of the person: in clear, by digest, or as a row of their own that nobody but they need."""
    kinds = {"phone": [PHONE, OLD_PHONE], "email": [EMAIL], "card": [CARD], "external_id": [OWN_ID]}
    digests = [d.hex() for kind, texts in kinds.items() for text in texts for d in lookup_digests(kind, text, tenant.id)]
    kept = tables(tenant)
    found = {
        (name, form) for name, text in kept.items() for form in [*FORMS, *PHONES, EMAIL, *digests] if form.casefold() in text.casefold()
    }
    theirs = ("customers_token", "outbox_message", "earning_attempts", "customers_segment_member", "api_idempotency")
    theirs += ("customers_challenge",)
    return found | {(name, "a row") for name in (f"public.{one}" for one in theirs) if str(customer) in kept[name]}


def test_no_table_tells_who_it_was(tenant: Tenant, somebody: UUID) -> None:
    before = {name.rpartition(".")[2] for name, _ in tell_tales(tenant, somebody)}
    held = {"customers_customer", "customers_identifier", "earning_reference", "customers_token", "outbox_message"}
    assert held | {"api_idempotency", "search_word", "customers_challenge"} <= before
    do(tenant, EraseCustomer(customer_id=somebody, reason="asked"))
    assert {name for name, _ in tell_tales(tenant, somebody)} == {"public.search_word"}, "words of the dictionary go within a minute"
    forget_words_of_all()
    assert tell_tales(tenant, somebody) == set()
    with reading(tenant.id):
        registered = store.load(somebody)[0].event
    assert (registered.first_name, registered.phone, registered.labels) == ("ERASED",) * 3
    assert [one for _, one in disagreements() if one.tenant_id == tenant.id] == []


def test_who_was_erased_is_not_there_any_more(tenant: Tenant, somebody: UUID) -> None:
    assert ApiClient(token_of(tenant), tenant.hosts[0]).get("/api/v1/me").status_code == 200
    with reading(tenant.id):
        code = queries.customer(somebody).code
    do(tenant, EraseCustomer(customer_id=somebody))
    assert ApiClient(token_of(tenant), tenant.hosts[0]).get("/api/v1/me").status_code == 401
    with reading(tenant.id):
        assert [queries.search(typed) for typed in ("quynhhoa", PHONE, EMAIL, PHONE[-4:], CARD)] == [[]] * 5
        with pytest.raises(NotFound):
            queries.customer(somebody)
        assert [queries.named(typed) for typed in (code, PHONE)] == [None, None]
        assert (queries.identified("code", [code]), queries.holders([("code", code)])) == ({}, {})
    (vip,) = [segment for (segment,) in rows("customers_segment", tenant, "id")]
    for command in (
        EraseCustomer(customer_id=somebody),
        EditCustomer(customer_id=somebody, first_name="Hoa"),
        EnterSegment(segment_id=vip, customer_id=somebody),
        IssueCustomerToken(customer_id=somebody, hash=b"x" * 32, minutes=5),
    ):
        with pytest.raises(NotFound):
            do(tenant, command)
    assert do(tenant, RegisterCustomer(phone=PHONE, card=CARD)).customer_id != somebody


def test_what_is_read_is_the_same_when_it_is_made_anew(tenant: Tenant, somebody: UUID) -> None:
    do(tenant, EraseCustomer(customer_id=somebody))
    live = [checksum(table) for table in ("customers_customer", "customers_segment_member")]
    call_command("rebuild", "customers.customers", "customers.members")
    assert [checksum(table) for table in ("customers_customer", "customers_segment_member")] == live
    assert {name for name, _ in tell_tales(tenant, somebody)} <= {"public.search_word"}


def test_neither_search_nor_valkey_nor_files_nor_log_lines_tell_who_it_was(
    tenant: Tenant, somebody: UUID, elasticsearch: Any, capfd: Any, caplog: Any, settings: Any
) -> None:
    bring_level("customers.elasticsearch")
    index = f"{settings.SEARCH_PREFIX}-customers-*"
    hits = elasticsearch.search(index=index, query={"term": {"words": "quynhhoa"}}, routing=str(tenant.id))["hits"]["hits"]
    assert str(somebody) in str(hits)
    do(tenant, EraseCustomer(customer_id=somebody))
    bring_level("customers.elasticsearch")
    expunge_search()
    everything = elasticsearch.search(index=index, query={"match_all": {}}, size=10_000)["hits"]["hits"]
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    kept = [str(everything), caplog.text, *capfd.readouterr()]
    kept += [repr(key) + repr(valkey.dump(key)) for key in valkey.scan_iter()]
    kept += [path.read_bytes().decode(errors="replace") for path in Path(settings.LOYALTY_PHOTO_FOLDER).rglob("*") if path.is_file()]
    for form in (*FORMS, *PHONES, EMAIL, OWN_ID):
        assert not [text[:300] for text in kept if form.casefold() in text.casefold()], form


def test_no_file_and_no_receipt_brings_anybody_back(tenant: Tenant, somebody: UUID, tmp_path: Path) -> None:
    do(tenant, EraseCustomer(customer_id=somebody))
    expunge_search()
    assert imported(tenant, tmp_path) == {"customers.was_erased"}
    Counter(tenant).sell(None, 70_000, references=(Reference("phone", PHONE), Reference("card", "KTQX97040009")))
    assert tell_tales(tenant, somebody) == set()
    assert rows("earning_reference", tenant, "kind") == [("card",)], "who is somebody else may still be found"
    assert do(tenant, RegisterCustomer(phone=PHONE)).customer_id != somebody, "they may join again"


def test_a_batch_may_change_somebody_and_then_erase_them(tenant: Tenant, somebody: UUID) -> None:
    orders = [EditCustomer(customer_id=somebody, first_name="Quỳnhhoaxa"), EraseCustomer(customer_id=somebody)]
    done = dispatch_all([*orders, orders[0]], tenant_id=tenant.id, actor="staff:1", channel="test")
    assert [one.refusal and one.refusal.code for one in done] == [None, None, "customers.not_found"]
    expunge_search()
    assert tell_tales(tenant, somebody) == set()
    with reading(tenant.id):
        assert store.load(somebody)[-2].event.first_name is ERASED


def test_points_end_with_their_customer_also_those_that_come_later(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    customer = counter.customer(phone=PHONE)
    order = counter.order(customer, 900_000)
    sale = counter.do(order)
    counter.do(HoldPoints(customer_id=customer, points=30, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    spent = counter.do(SpendPoints(customer_id=customer, points=20))
    counter.do(EraseCustomer(customer_id=customer))
    bring_level("earning.points_of_erased")
    assert rows("earning_account", tenant, "balance, earned, spent, expired") == [(0, 90, 20, 70)]
    counter.do(RestorePoints(customer_id=customer, spend_id=spent.id))
    counter.do(
        VoidPurchase(
            purchase_id=sale.purchase_id, customer_id=customer, merchant_id=counter.merchant_id, zone=order.zone, reason="Quỳnhhoa asked"
        )
    )
    bring_level("earning.points_of_erased")
    assert [balance for (balance,) in rows("earning_account", tenant, "balance")] == [0]
    with reading(tenant.id):
        assert store.load(sale.purchase_id)[-1].event.reason is ERASED


def test_points_of_who_is_there_are_not_taken(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    customer = counter.customer()
    counter.sell(customer, 100_000)
    assert counter.do(ForfeitPoints(customer_id=customer)) == 0
    assert [balance for (balance,) in rows("earning_account", tenant, "balance")] == [10]


def test_a_customer_is_erased_by_staff_who_type_their_code(tenant: Tenant, somebody: UUID, api_as: Any) -> None:
    with reading(tenant.id):
        code = queries.customer(somebody).code
    address = f"/api/v1/customers/{somebody}/erase"
    assert api_as("seller").post(address, {"reason": "asked", "code": code}).status_code == 403
    other = do(tenant, RegisterCustomer(first_name="An")).code
    refused = api_as().post(address, {"reason": "asked", "code": other})
    assert (refused.status_code, refused.json()["code"]) == (422, "customers.confirmed_another")
    assert api_as().post(address, {"reason": "asked", "code": code.lower()}).status_code == 200
    assert api_as().post(address, {"reason": "asked", "code": code}).status_code == 404


def test_a_customer_erases_themselves(tenant: Tenant, somebody: UUID) -> None:
    app = ApiClient(token_of(tenant), tenant.hosts[0])
    proven(tenant, app)
    code = app.get("/api/v1/me").json()["code"]
    refused = app.post("/api/v1/me/erase", {"code": "0000000A"})
    assert refused.status_code == 422, refused.content
    assert app.post("/api/v1/me/erase", {"code": code}).status_code == 200
    assert app.post("/api/v1/me/erase", {"code": code}).status_code == 401
    with reading(tenant.id):
        assert store.load(somebody)[-1].event.reason == "own"


def test_the_page_says_what_goes_and_wants_the_code(tenant: Tenant, admin_site: Any) -> None:
    counter = Counter(tenant)
    counter.rule()
    customer = counter.customer()
    counter.sell(customer, 500_000)
    do(tenant, EnterSegment(segment_id=do(tenant, CreateSegment(code="vip", name="Quý")).segment_id, customer_id=customer))
    address = f"/admin/customers/customer/{customer}/erase/"
    page = text_of(admin_site.get(address))
    for said in ("50 points: they end and stay with the company", "The segments Quý"):
        assert said in page, said
    with reading(tenant.id):
        code = queries.customer(customer).code
    refused = admin_site.post(address, {"reason": "asked", "code": do(tenant, RegisterCustomer(first_name="An")).code})
    assert "This is the code of another customer" in field_of(refused, "code")
    done = text_of(admin_site.post(address, {"reason": "asked", "code": code}, follow=True))
    assert f"The customer {code} is erased." in done
    assert "Đường" not in done


def test_nobody_comes_into_a_segment_while_they_are_erased(tenant: Tenant, somebody: UUID) -> None:
    segments = [do(tenant, CreateSegment(code=f"s{n}", name=f"S{n}")).segment_id for n in range(7)]

    def one(n: int) -> Any:
        return do(tenant, EraseCustomer(customer_id=somebody) if n == 3 else EnterSegment(segment_id=segments[n], customer_id=somebody))

    answers = in_parallel(7, one)
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} <= {"customers.not_found"}
    assert rows("customers_segment_member", tenant, "id") == []


def test_a_dry_run_erases_nobody(tenant: Tenant, somebody: UUID) -> None:
    do(tenant, EraseCustomer(customer_id=somebody), dry_run=True)
    with reading(tenant.id):
        assert queries.customer(somebody).first_name == "Quỳnhhoa"
        assert store.load(somebody)[0].event.first_name == "Quỳnhhoa"


def test_words_are_taken_out_until_search_has_heard_of_it_and_settled(
    tenant: Tenant, somebody: UUID, elasticsearch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job goes on while the projector is behind, or an engine does not answer, and ends then."""

    def left() -> bool:
        return rows("customers_words_left", tenant, "tenant_id") == [(tenant.id,)]

    now = datetime.now(UTC)
    bring_level("customers.elasticsearch")
    do(tenant, EraseCustomer(customer_id=somebody))
    for late in (now + SETTLED_AFTER, now + 3 * SETTLED_AFTER):
        forget_words(late)
        assert left(), "Elasticsearch has not heard of it"
    bring_level("customers.elasticsearch")
    forget_words(now + 4 * SETTLED_AFTER - timedelta(seconds=1))
    assert left(), "and may hold what was there before"
    with monkeypatch.context() as away:
        away.setattr("loyalty.search.postgres.PostgresSearch.expunge", lambda *given: (_ for _ in ()).throw(SearchUnavailable("away")))
        forget_words(now + 4 * SETTLED_AFTER)
        assert left()
    assert forget_words(now + 5 * SETTLED_AFTER) >= 1
    assert (left(), forget_words(now + 5 * SETTLED_AFTER)) == (False, 0)


def test_the_page_says_which_files_have_to_be_sent_again(tenant: Tenant, somebody: UUID, admin_site: Any) -> None:
    with reading(tenant.id):
        JobRun.objects.create(
            tenant_id=tenant.id, kind="customers.import_customers", state="waiting", params={"upload": str(somebody), "mapping": {}}
        )
    shown = text_of(admin_site.get(f"/admin/customers/customer/{somebody}/erase/"))
    assert "1 file that waits to be taken in: it is sealed" in shown
