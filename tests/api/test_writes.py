"""Idempotency: one key, one deed, the same bytes; and what is not kept."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from loyalty.lookup import unseal
from loyalty.tenancy import reading
from tests.api.box import box_id

BOX = "/api/v1/toy/boxes/blue"


def things_in(tenant, name="blue"):
    """What the log says: the sum over the events of the box."""
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum((payload->>'things')::int), 0) from event.event where stream_id = %s", [box_id(tenant.id, name)]
        )
        return cursor.fetchone()[0]


def kept(tenant):
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("select command_id, status, body from api_idempotency")
        return cursor.fetchall()


def test_a_write_is_answered_and_done(tenant, api):
    answer = api.post(BOX, {"things": 3})
    assert (answer.status_code, answer.json()) == (201, {"things": 3})
    assert things_in(tenant) == 3


def test_the_same_key_and_body_get_the_same_bytes_and_nothing_is_done_twice(tenant, api):
    first = api.post(BOX, {"things": 3}, key="a-key")
    again = api.post(BOX, {"things": 3}, key="a-key")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert things_in(tenant) == 3


def test_the_same_key_with_another_body_is_refused(tenant, api):
    api.post(BOX, {"things": 3}, key="a-key")
    answer = api.post(BOX, b'{"things":3}', key="a-key")  # the raw bytes count
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")
    assert things_in(tenant) == 3


def test_a_key_belongs_to_its_caller_path_and_method(tenant, api, api_as):
    for caller, method, path in [(api, "POST", BOX), (api_as("seller"), "POST", BOX), (api, "POST", BOX + "r"), (api, "PUT", BOX)]:
        assert caller.send(method, path, {"things": 3}, key="a-key").status_code == 201
    assert things_in(tenant) == 9


@pytest.mark.parametrize("key", [None, "", " ", "k" * 256, "khóa", "a b"])
def test_a_write_needs_a_usable_key(tenant, api, key):
    answer = api.send("POST", BOX, {"things": 3}, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_missing")
    assert things_in(tenant) == 0


def test_a_refusal_is_kept_word_for_word(tenant, api):
    first = api.post(BOX, {"things": 1001}, key="too-much")
    assert (first.status_code, first.json()["code"]) == (422, "toy_box.full")
    assert first.json()["errors"] == [{"pointer": "/things", "code": "toy_box.full", "detail": "The box has room for 1,000 more."}]
    again = api.post(BOX, {"things": 1001}, key="too-much")
    assert (again.status_code, again.content) == (422, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_refusal_stands_even_when_it_would_be_possible_now(tenant, api):
    api.post(BOX, {"things": 999})
    refused = api.post(BOX, {"things": 2}, key="two-more")
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("select count(*) from api_idempotency where status = 422")
        assert cursor.fetchone()[0] == 1
    assert api.post("/api/v1/toy/boxes/other", {"things": 2}, key="two-more").status_code == 201
    assert api.post(BOX, {"things": 2}, key="two-more").content == refused.content


def test_a_conflict_is_kept_but_what_is_not_there_is_not(tenant, api):
    assert api.post(BOX, {"things": 409}, key="k1").status_code == 409
    assert api.post(BOX, {"things": 404}, key="k2").status_code == 404
    assert [status for _, status, _ in kept(tenant)] == [409]


@pytest.mark.parametrize(("body", "status"), [({"things": 0}, 400), ({"things": 500}, 500), (b"{", 400), ({"thing": 1}, 400)])
def test_shape_errors_and_faults_are_not_kept(tenant, api, body, status):
    assert api.post(BOX, body, key="k").status_code == status
    assert kept(tenant) == []
    assert api.post(BOX, {"things": 3}, key="k").status_code == 201


@pytest.mark.parametrize("body", [b"", b"{}", b" { } "])
def test_an_order_without_a_body_takes_an_empty_one(tenant, api, body):
    assert api.post(f"{BOX}/up", body).status_code == 201
    assert things_in(tenant) == 3


@pytest.mark.parametrize(("body", "pointer"), [(b'{"reason":"late"}', "/reason"), (b"[]", ""), (b"null", ""), (b'"up"', ""), (b"{", "")])
def test_what_an_order_without_a_body_does_not_know_is_named(tenant, api, body, pointer):
    answer = api.post(f"{BOX}/up", body)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (400, [pointer])
    assert things_in(tenant) == 0


def test_answers_lie_encrypted(tenant, api):
    answer = api.post(BOX, {"things": 7})
    ((command_id, _, body),) = kept(tenant)
    assert b"things" not in bytes(body)
    assert unseal(body, "api_idempotency", tenant.id, command_id) == answer.content


def test_the_command_id_is_derived_from_the_key(tenant, api):
    """So that a purchase whose answer was lost cannot happen twice, even when the kept answer is gone."""
    api.post(BOX, {"things": 3}, key="a-key")
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("delete from api_idempotency")
    answer = api.post(BOX, {"things": 3}, key="a-key")
    assert (answer.status_code, answer.json()["code"]) == (409, "command.applied")
    assert things_in(tenant) == 3


def test_a_dry_run_answers_as_the_real_call_and_keeps_nothing(tenant, api):
    tried = api.send("POST", f"{BOX}?dry_run=true", {"things": 3})
    assert (tried.status_code, tried.json()) == (200, {"things": 3})
    refused = api.send("POST", f"{BOX}?dry_run=true", {"things": 1001}, key="k")
    assert (refused.status_code, refused.json()["code"]) == (422, "toy_box.full")
    assert (things_in(tenant), kept(tenant)) == (0, [])
    assert api.post(BOX, {"things": 3}, key="k").status_code == 201


@pytest.mark.parametrize(
    ("query", "pointer", "code", "said"),
    [
        ("dry_run=yes", "/dry_run", "field.choice", "This is not one of the choices: true, false."),
        ("dry_run=True", "/dry_run", "field.choice", "This is not one of the choices: true, false."),
        ("dryrun=true", "/dryrun", "request.query_unknown", "There is no parameter dryrun."),
        ("x=1", "/x", "request.query_unknown", "There is no parameter x."),
    ],
)
def test_an_unknown_wish_is_not_ignored(tenant, api, query, pointer, code, said):
    answer = api.speaking("en").post(f"{BOX}?{query}", {"things": 3})
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"pointer": pointer, "code": code, "detail": said}])
    assert things_in(tenant) == 0


def in_parallel(count, ask):
    answers = []

    def one():
        try:
            answers.append(ask())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_ten_requests_with_one_key_are_one_deed_and_ten_equal_answers(tenant, api):
    answers = in_parallel(10, lambda: api.post(BOX, {"things": 3, "slowly": 0.2}, key="at-once"))
    assert {(a.status_code, a.content) for a in answers} == {(201, b'{"things":3}')}
    assert things_in(tenant) == 3


def test_ten_refused_requests_with_one_key_get_one_answer(tenant, api):
    answers = in_parallel(10, lambda: api.post(BOX, {"things": 1001}, key="at-once"))
    assert len({a.content for a in answers}) == 1
    assert len(kept(tenant)) == 1


def test_a_second_request_waits_and_then_is_told_to_ask_again(tenant, api, monkeypatch):
    monkeypatch.setattr("loyalty.api.views.PATIENCE", 0.3)
    command_id = None
    from loyalty.api.authentication import principal_of
    from loyalty.api.idempotency import command_id_of

    command_id = command_id_of(principal_of(api.token), "POST", BOX, "held")
    high, low = (int.from_bytes(command_id.bytes[i : i + 4], "big", signed=True) for i in (0, 4))
    other = connections["owner"]
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s::int, %s::int)", [high, low])
        answer = api.post(BOX, {"things": 3}, key="held")
        cursor.execute("select pg_advisory_unlock(%s::int, %s::int)", [high, low])
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "idempotency.in_flight", "1")
    assert (things_in(tenant), kept(tenant)) == (0, [])
    assert api.post(BOX, {"things": 3}, key="held").status_code == 201
