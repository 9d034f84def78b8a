"""Purchases and returns over HTTP: recording, listing, showing, taking back; repeats, dry runs, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from customers.commands import DeactivateCustomer
from loyalty.tenancy.models import Tenant
from pos.commands import DeactivatePointOfSale
from tests.earning.counter import in_parallel, rows
from tests.earning.shops import BREAD, COFFEE, PURCHASES, Shops, ago, recorded, refusal
from tests.pos.given import say
from tests.support.client import ApiClient


def test_a_purchase_is_recorded_listed_and_shown(api: ApiClient, shops: Shops) -> None:
    body = shops.sale(labels={"table": "5"}, payment_method="cash")
    done = recorded(api, body)
    assert (done["points"], done["balance"], done["duplicate"]) == (12, 12, False)
    assert [c["points"] for c in done["contributions"]] == [12]
    (listed,) = api.get(PURCHASES).json()["items"]
    assert listed == {
        "id": done["purchase_id"], "document_number": body["document_number"], "customer_id": str(shops.customer),
        "merchant_id": str(shops.cafe), "pos_id": str(shops.corner), "currency": "VND", "total": 120_000, "kept": 120_000, "points": 12,
        "state": "recorded", "purchased_at": listed["purchased_at"], "exchange": None,
        "wallets": [{"wallet": "points", "points": 12}],
    }  # fmt: skip
    shown = api.get(f"{PURCHASES}/{done['purchase_id']}").json()
    assert {name: shown[name] for name in listed} == listed
    assert shown["lines"] == [
        {"number": 1, "kind": "goods", "total": 90_000, "quantity": "2", "sku": "CF-1", "name": "Cà phê sữa", "unit_price": "45000",
         "category": "Cà phê", "maker": "", "labels": {}, "tax_rate": None, "left": "2", "line_shares": []},
        {"number": 2, "kind": "goods", "total": 30_000, "quantity": "1", "sku": "BM-1", "name": "Bánh mì", "unit_price": None,
         "category": "", "maker": "Sen Vàng", "labels": {"hot": "yes"}, "tax_rate": None, "left": "1", "line_shares": []},
    ]  # fmt: skip
    (why,) = shown["movements"]
    assert (why["kind"], why["points"], why["balance"], why["document_number"]) == ("earned", 12, 12, body["document_number"])
    assert [(r["amount"], r["points"]) for r in why["reasons"]] == [(120_000, 12)]
    assert (shown["why_nothing"], shown["channel"], shown["labels"], shown["payment_method"]) == (None, "api", {"table": "5"}, "cash")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("customer_phone", "+84 912 345 678"), ("customer_phone", "0912345678"), ("customer_code", None), ("customer_id", None)],
)
def test_the_customer_is_named_in_any_way(api: ApiClient, shops: Shops, field: str, typed: str | None) -> None:
    known = api.get(f"/api/v1/customers/{shops.customer}").json()
    value = typed or known[field.removeprefix("customer_")]
    assert recorded(api, shops.sale(customer_id=None) | {field: value})["balance"] == 12


def test_the_place_is_named_by_code_or_id_or_is_online(api: ApiClient, shops: Shops) -> None:
    for named in ({"pos": "sv-1"}, {"pos": str(shops.corner)}, {"pos": "SV-1", "merchant_id": str(shops.cafe)}):
        recorded(api, shops.sale(**named))
    online = recorded(api, shops.sale(pos=None, merchant_id=str(shops.tech)))["purchase_id"]
    shown = api.get(f"{PURCHASES}/{online}").json()
    assert (shown["pos_id"], shown["merchant_id"]) == (None, str(shops.tech))


def test_a_sale_by_amount_alone_and_one_to_nobody(api: ApiClient, shops: Shops) -> None:
    amount = shops.sale(total=250_000)
    del amount["lines"], amount["customer_id"]
    done = recorded(api, amount)
    assert (done["points"], done["balance"]) == (0, None)
    shown = api.get(f"{PURCHASES}/{done['purchase_id']}").json()
    assert (shown["why_nothing"], [(line["total"], line["quantity"], line["left"]) for line in shown["lines"]]) == (
        "no_customer",
        [(250_000, None, 250_000)],
    )


def test_why_a_purchase_brought_nothing(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    small = recorded(api, shops.sale({"total": 9_999}))
    assert api.get(f"{PURCHASES}/{small['purchase_id']}").json()["why_nothing"] == "too_little"
    say(tenant, DeactivateCustomer(customer_id=shops.customer, reason="asked"))
    inactive = recorded(api, shops.sale())
    assert (inactive["points"], api.get(f"{PURCHASES}/{inactive['purchase_id']}").json()["why_nothing"]) == (0, "inactive")


def test_the_same_document_answers_as_before_and_another_content_is_a_conflict(api: ApiClient, shops: Shops) -> None:
    body = shops.sale()
    first = recorded(api, body)
    again = recorded(api, body | {"document_number": f"  {body['document_number'].upper()} "})
    assert again == first | {"duplicate": True}
    other = api.post(PURCHASES, body | {"total": 150_000, "lines": [COFFEE | {"total": 150_000}]})
    assert refusal(other) == (409, "earning.document_differs", "/document_number")
    said = other.json()
    assert body["document_number"] in said["detail"]
    assert (said["params"]["fields"], said["params"]["recorded"]["total"], said["params"]["given"]["total"]) == (
        "total, lines",
        120_000,
        150_000,
    )


def test_the_same_key_gives_the_same_bytes_even_when_the_shop_has_closed_since(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    body = shops.sale()
    first = api.post(PURCHASES, body, key="till-7")
    say(tenant, DeactivatePointOfSale(pos_id=shops.corner))
    again = api.post(PURCHASES, body, key="till-7")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert refusal(api.post(PURCHASES, body | {"total": 1}, key="till-7"))[:2] == (422, "idempotency.key_reused")
    assert refusal(api.post(PURCHASES, shops.sale())) == (422, "earning.place_inactive", "/pos")
    assert refusal(api.send("POST", PURCHASES, body))[:2] == (400, "idempotency.key_missing")


def test_a_dry_run_previews_refuses_and_keeps_nothing(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    body = shops.sale()
    tried = api.post(f"{PURCHASES}?dry_run=true", body)
    assert (tried.status_code, tried.json()["points"], tried.json()["balance"]) == (200, 12, 12)
    assert rows("earning_purchase", tenant, "id") == rows("earning_account", tenant, "id") == []
    done = recorded(api, body)
    assert tried.json()["purchase_id"] == done["purchase_id"]
    assert api.post(f"{PURCHASES}?dry_run=true", body).json() == done | {"duplicate": True}
    assert refusal(api.post(f"{PURCHASES}?dry_run=true", body | {"payment_method": "card"}))[:2] == (409, "earning.document_differs")
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    where = f"{PURCHASES}/{done['purchase_id']}/returns"
    tried = api.post(f"{where}?dry_run=true", back)
    assert (tried.status_code, tried.json()["points"], tried.json()["balance"]) == (200, 12, 0)
    assert api.get(f"{PURCHASES}/{done['purchase_id']}").json()["state"] == "recorded"
    assert api.post(where, back).json()["points"] == 12
    assert refusal(api.post(f"{where}?dry_run=true", back | {"document_number": "R-2"}))[:2] == (422, "earning.nothing_left")


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"document_number": "a\0b"}, 400, "json.nul", "/document_number"),
        ({"document_number": " \u3000 "}, 422, "earning.document_number_missing", "/document_number"),
        ({"document_number": "x" * 65}, 422, "earning.document_number_invalid", "/document_number"),
        ({"document_number": "ｶﾞ" * 64}, 422, "earning.document_number_invalid", "/document_number"),
        ({"document_number": "a\u202eb"}, 422, "earning.document_number_invalid", "/document_number"),
        ({"document_number": 7}, 400, "field.wrong_type", "/document_number"),
        ({"total": 9_000_000_000_000_000_000}, 422, "earning.total_too_large", "/total"),
        ({"total": 10**12 + 1, "lines": [{"total": 10**12 + 1}]}, 422, "earning.total_too_large", "/total"),
        ({"total": -5, "lines": [{"total": 0}, {"total": -5, "kind": "discount"}]}, 422, "earning.total_negative", "/total"),
        ({"total": 10**12}, 422, "earning.total_differs", "/total"),
        ({"total": 10**40}, 400, "json.number_too_large", "/total"),
        ({"total": "120000"}, 400, "field.wrong_type", "/total"),
        ({"total": 120_000.5}, 400, "field.wrong_type", "/total"),
        ({"lines": []}, 422, "earning.lines_missing", "/lines"),
        ({"lines": None}, 400, "field.wrong_type", "/lines"),
        ({"lines": [{"total": -5}], "total": -5}, 422, "earning.line_negative", "/lines/0/total"),
        ({"lines": [{"total": 5, "kind": "gift"}], "total": 5}, 400, "field.choice", "/lines/0/kind"),
        ({"lines": [{"total": 5, "quantity": "0"}], "total": 5}, 422, "earning.quantity_invalid", "/lines/0/quantity"),
        ({"lines": [{"total": 5, "quantity": "1e999999"}], "total": 5}, 422, "earning.quantity_invalid", "/lines/0/quantity"),
        ({"lines": [{"total": 5, "quantity": "NaN"}], "total": 5}, 422, "earning.quantity_invalid", "/lines/0/quantity"),
        ({"lines": [{"total": 5, "quantity": "1.0005"}], "total": 5}, 422, "earning.quantity_invalid", "/lines/0/quantity"),
        ({"lines": [{"total": 5, "quantity": "two"}], "total": 5}, 400, "field.decimal", "/lines/0/quantity"),
        ({"lines": [{"total": 5, "unit_price": "Infinity"}], "total": 5}, 422, "earning.price_invalid", "/lines/0/unit_price"),
        ({"lines": [{"total": 5, "unit_price": "1e-400000"}], "total": 5}, 422, "earning.price_invalid", "/lines/0/unit_price"),
        ({"lines": [{"total": 5, "unit_price": "1e999999"}], "total": 5}, 422, "earning.price_invalid", "/lines/0/unit_price"),
        ({"lines": [{"total": 5, "name": "x" * 201}], "total": 5}, 422, "earning.text_too_long", "/lines/0/name"),
        ({"lines": [{"total": 5, "tax_rate": 10_001}], "total": 5}, 422, "earning.tax_rate_invalid", "/lines/0/tax_rate"),
        ({"lines": [{"total": 5, "colour": "red"}], "total": 5}, 400, "field.unknown", "/lines/0/colour"),
        ({"labels": {"a": 1}}, 400, "field.wrong_type", "/labels/a"),
        ({"labels": {"b": "", "a/~.b": "x" * 201}}, 422, "earning.text_too_long", "/labels/a~1~0.b"),
        ({"labels": {str(n): "" for n in range(51)}}, 422, "earning.too_many_labels", "/labels"),
        ({"labels": {" ": "red"}}, 422, "earning.label_without_name", "/labels"),
        ({"labels": {"a": "x\x01"}}, 422, "earning.unprintable_text", "/labels/a"),
        ({"lines": [{"total": 5, "labels": {"a": "0912345678"}}], "total": 5}, 422, "earning.text_personal", "/lines/0/labels/a"),
        ({"lines": [{"total": 5, "labels": {"\u202e": ""}}], "total": 5}, 422, "earning.unprintable_text", "/lines/0/labels"),
        ({"payment_method": "\u202ehsac"}, 422, "earning.unprintable_text", "/payment_method"),
        ({"payment_method": "x" * 41}, 422, "earning.text_too_long", "/payment_method"),
        ({"purchased_at": "2026-01-31T08:00:00"}, 400, "field.datetime", "/purchased_at"),
        ({"purchased_at": "9999-12-31T23:59:59Z"}, 400, "field.year", "/purchased_at"),
        ({"purchased_at": "0001-01-01T00:00:00+14:00"}, 400, "field.year", "/purchased_at"),
        ({"purchased_at": 99999999999999}, 400, "field.datetime", "/purchased_at"),
        ({"currency": "EUR"}, 422, "earning.exchange_rate_missing", "/currency"),
        ({"currency": "XYZ"}, 422, "money.unknown_currency", "/currency"),
        ({"pos": "NOWHERE"}, 422, "earning.place_unknown", "/pos"),
        ({"pos": ""}, 422, "earning.place_missing", "/pos"),
        ({"pos": str(uuid4())}, 422, "earning.place_unknown", "/pos"),
        ({"merchant_id": str(uuid4())}, 422, "earning.place_of_another", "/merchant_id"),
        ({"pos": "", "merchant_id": str(uuid4())}, 422, "earning.place_unknown", "/merchant_id"),
        ({"customer_id": str(uuid4())}, 422, "earning.customer_unknown", "/customer_id"),
        ({"customer_id": "１"}, 400, "field.uuid", "/customer_id"),
        ({"customer_phone": "0912345678"}, 422, "earning.customer_named_twice", "/customer_phone"),
        ({"customer_id": None, "customer_phone": "0"}, 422, "phone.invalid", "/customer_phone"),
        ({"customer_id": None, "customer_email": "@"}, 422, "customers.email_invalid", "/customer_email"),
    ],
)  # fmt: skip
def test_wrong_input_is_answered_with_its_field(
    api: ApiClient, shops: Shops, tenant: Tenant, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refusal(api.post(PURCHASES, shops.sale() | changes)) == (status, code, pointer)
    assert rows("earning_purchase", tenant, "id") == []


def test_what_a_receipt_says_of_money_and_customers_is_understood(api: ApiClient, shops: Shops) -> None:
    def said(**changes: Any) -> str:
        return str(api.post(PURCHASES, shops.sale() | changes).json()["detail"])

    differs = said(total=10, lines=[{"total": 5}])
    assert "The lines add up to ₫5, but the total is ₫10." in differs
    assert "three capital letters, such as EUR" in said(currency="eur")
    assert "card, code or external id" in said(customer_external_id="7")
    assert refusal(api.post(PURCHASES, shops.sale() | {"total": -(10**15), "lines": [{"total": 5}]}))[1] == "earning.total_negative"


def test_a_total_below_zero_without_lines_is_said_of_the_total(api: ApiClient, shops: Shops) -> None:
    alone = {name: value for name, value in shops.sale(total=-5).items() if name != "lines"}
    for dry_run in ("", "?dry_run=true"):
        assert refusal(api.post(PURCHASES + dry_run, alone)) == (422, "earning.total_negative", "/total")


def test_a_lone_surrogate_is_refused_and_full_width_digits_are_read(api: ApiClient, shops: Shops) -> None:
    raw = b'{"document_number": "\\ud800", "purchased_at": "2026-01-01T00:00:00Z", "total": 1}'
    assert refusal(api.post(PURCHASES, raw)) == (400, "json.lone_surrogate", "/document_number")
    done = recorded(api, shops.sale(COFFEE | {"quantity": "２", "unit_price": "４５０００"}, document_number="Ａ－１７"))
    (line,) = api.get(f"{PURCHASES}/{done['purchase_id']}").json()["lines"]
    assert (line["quantity"], line["unit_price"]) == ("2", "45000")
    assert [p["id"] for p in api.get(PURCHASES, {"document": "a-17"}).json()["items"]] == [done["purchase_id"]]
    decomposed = recorded(api, shops.sale(BREAD | {"name": "Ba\u0301nh mi\u0300"}))
    assert api.get(f"{PURCHASES}/{decomposed['purchase_id']}").json()["lines"][0]["name"] == "Bánh mì"


def test_how_far_back_a_purchase_may_be_dated(api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops) -> None:
    assert recorded(api, shops.sale(purchased_at=ago(days=89)))["points"] == 12
    assert refusal(api.post(PURCHASES, shops.sale(purchased_at=ago(days=91)))) == (422, "earning.older_than_allowed", "/purchased_at")
    assert recorded(api, shops.sale(purchased_at=ago(minutes=-4)))["points"] == 12
    assert refusal(api.post(PURCHASES, shops.sale(purchased_at=ago(minutes=-6)))) == (422, "earning.in_the_future", "/purchased_at")


def test_a_refusal_says_times_on_the_clock_of_the_shop(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    refused = api.post(PURCHASES, shops.sale(purchased_at=ago(days=91)), Accept_Language="vi").json()
    earliest = datetime.fromisoformat(refused["params"]["earliest"])
    assert earliest.astimezone(tenant.zone).strftime("%H:%M %d/%m/%Y") in refused["detail"]


@pytest.mark.rounds
def test_50_parallel_clients_sending_one_document_are_one_purchase(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    body = shops.sale()

    def post(number: int) -> tuple[int, bool, int]:
        try:
            answer = api.post(PURCHASES, body)
            return answer.status_code, answer.json()["duplicate"], answer.json()["balance"]
        finally:
            connection.close()

    assert sorted(in_parallel(50, post)) == [(201, False, 12)] + [(201, True, 12)] * 49
    assert rows("earning_purchase", tenant, "total, points") == [(120_000, 12)]
    assert rows("earning_account", tenant, "balance") == [(12,)]


@pytest.mark.rounds
def test_50_parallel_clients_with_one_key_are_one_purchase_and_one_answer(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    body = shops.sale()

    def post(number: int) -> tuple[int, bytes]:
        answer = api.post(PURCHASES, body, key="one")
        return answer.status_code, answer.content

    answers = in_parallel(50, post)
    # On a busy machine somebody may be told to ask again.
    assert {status for status, _ in answers} <= {201, 409}
    assert len({said for status, said in answers if status == 201}) == 1
    assert len(rows("earning_purchase", tenant, "id")) == 1


def test_the_list_in_pages_and_narrowed(api: ApiClient, shops: Shops) -> None:
    at = [datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=n + 1) for n in range(5)]
    made = [
        recorded(api, shops.sale({"total": 10_000 + n}, document_number=f"N-{n}", purchased_at=at[n // 2].isoformat())) for n in range(5)
    ]
    ids: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = api.get(PURCHASES, query).json()
        ids += [p["id"] for p in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(ids) == sorted(m["purchase_id"] for m in made)
    times = [p["purchased_at"] for p in api.get(PURCHASES).json()["items"]]
    assert times == sorted(times, reverse=True)
    online = recorded(api, shops.sale(pos=None, merchant_id=str(shops.tech), customer_id=None))["purchase_id"]
    api.post(f"{PURCHASES}/{made[4]['purchase_id']}/returns", {"document_number": "R-1", "returned_at": ago(seconds=5)})
    assert {p["id"] for p in api.get(PURCHASES, {"customer_id": str(shops.customer)}).json()["items"]} == set(ids)
    assert {p["id"] for p in api.get(PURCHASES, {"pos_id": str(shops.corner)}).json()["items"]} == set(ids)
    assert [p["id"] for p in api.get(PURCHASES, {"merchant_id": str(shops.tech)}).json()["items"]] == [online]
    assert [p["id"] for p in api.get(PURCHASES, {"state": "returned"}).json()["items"]] == [made[4]["purchase_id"]]
    assert [p["document_number"] for p in api.get(PURCHASES, {"document": " n-3 "}).json()["items"]] == ["N-3"]
    window = {"since": at[1].isoformat(), "until": at[0].isoformat()}
    assert {p["document_number"] for p in api.get(PURCHASES, window).json()["items"]} == {"N-2", "N-3"}


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ({"cursor": "forged"}, "cursor.invalid", "/cursor"),
        ({"limit": "0"}, "field.out_of_range", "/limit"),
        ({"limit": "1" * 30}, "field.out_of_range", "/limit"),
        ({"page": "2"}, "request.query_unknown", "/page"),
        ({"since": "yesterday"}, "field.datetime", "/since"),
        ({"since": "2026-01-01T00:00:00"}, "field.datetime", "/since"),
        ({"pos_id": "SV-1"}, "field.uuid", "/pos_id"),
        ({"state": "gone"}, "field.choice", "/state"),
        ({"document": "a\0"}, "json.nul", "/document"),
    ],
)
def test_a_wrong_question_is_answered_with_its_parameter(api: ApiClient, query: dict[str, str], code: str, pointer: str) -> None:
    assert refusal(api.get(PURCHASES, query)) == (400, code, pointer)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "99999999999999999999"])
def test_the_ends_of_time_are_no_failure(api: ApiClient, at: str) -> None:
    assert api.get(PURCHASES, {"since": at}).status_code in {200, 400}
