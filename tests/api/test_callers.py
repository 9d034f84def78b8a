"""Who may call: 401 without identity, 403 without the right, 404 for what is another tenant's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from loyalty.staff.models import ApiToken, token_hash
from loyalty.tenancy import reading
from tests.support.client import ApiClient

BOX = "/api/v1/toy/boxes/blue"


@pytest.mark.parametrize(
    "header", [None, "Bearer lty_unknown", "Bearer ", "Bearer abc", "Basic YTpi", "Bearer lty_" + "x" * 500, "Bearer lty_\u00e9"]
)
def test_without_a_valid_token_there_is_no_identity(tenant, api, header):
    answer = api.anonymous().get(BOX, **({"Authorization": header} if header else {}))
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_role_without_the_right_is_told_so(api_as):
    answer = api_as("marketer").post(BOX, {"things": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
    assert api_as("marketer").get(BOX).status_code == 200


def test_a_view_that_names_no_permission_is_closed_to_all(api):
    assert api.get("/api/v1/toy/unguarded").status_code == 403


def test_a_token_acts_for_its_user_with_the_rights_of_the_users_role(api_as, seller_user):
    assert api_as(user=seller_user).post(BOX, {"things": 1}).status_code == 201


def test_a_token_of_a_user_who_left_opens_nothing(tenant, api_as, seller_user):
    caller = api_as(user=seller_user)
    with reading(tenant.id):
        seller_user.is_active = False
        seller_user.save()
    assert caller.get(BOX).status_code == 401


def test_a_revoked_token_opens_nothing_from_that_moment(tenant, api):
    assert api.get(BOX).status_code == 200
    with reading(tenant.id):
        ApiToken.objects.filter(hash=token_hash(api.token)).update(revoked_at=datetime.now(UTC))
    assert api.get(BOX).status_code == 401


def test_the_day_of_use_is_noted(tenant, api):
    api.get(BOX)
    with reading(tenant.id):
        assert ApiToken.objects.get().last_used == datetime.now(UTC).date()


def test_a_host_or_tenant_header_that_disagrees_is_not_there(tenant, other_tenant, api):
    elsewhere = ApiClient(api.token, other_tenant.hosts[0])
    for answer in (elsewhere.get(BOX), api.get(BOX, X_Tenant=other_tenant.code), api.get(BOX, X_Tenant="nobody")):
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
    assert api.get(BOX, X_Tenant=tenant.code).status_code == 200
    assert ApiClient(api.token, "localhost").get(BOX).status_code == 200


def test_what_is_another_tenants_looks_like_what_is_missing(tenant, other_tenant, api, api_token):
    stranger = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    bodies = [a.json() | {"request_id": ""} for a in (api.post(BOX, {"things": 404}), stranger.post(BOX, {"things": 404}))]
    assert bodies[0] == bodies[1]


def test_the_lookup_of_a_token_tells_the_serving_role_nothing_else(tenant, api):
    with connection.cursor() as cursor:
        with pytest.raises(Exception, match=r"loyalty\.tenant|invalid input syntax"):
            cursor.execute("select * from staff_apitoken")
        cursor.execute("select count(*) from staff_principal(%s)", [b"\0" * 32])
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(("language", "said"), [("en", "The box has room for 1,000 more."), ("*", "The box has room for 1,000 more.")])
def test_the_message_is_in_the_callers_language(api, language, said):
    answer = api.speaking(language).post(BOX, {"things": 1001})
    assert answer.json()["detail"] == said


def test_without_a_wish_the_tenants_language_is_spoken(tenant, api):
    headers = {"Authorization": f"Bearer {api.token}", "Idempotency-Key": "k"}
    answer = Client().post(BOX, {"things": 1001}, content_type="application/json", headers=headers, HTTP_HOST=tenant.hosts[0])
    assert answer.headers["Content-Language"] == "vi"


def test_a_fault_of_ours_is_a_500_without_details(api):
    answer = api.get("/api/v1/toy/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "request.failed")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "84912345678" not in answer.content.decode()


def test_a_connection_that_died_between_two_requests_is_not_noticed_by_the_caller(tenant, api):
    assert api.get(BOX).status_code == 200
    with connection.cursor() as cursor, connections["owner"].cursor() as owner:
        cursor.execute("select pg_backend_pid()")
        owner.execute("select pg_terminate_backend(%s, 5000)", [cursor.fetchone()[0]])
    assert api.get(BOX).status_code == 200
    assert api.post(BOX, {"things": 1}).status_code == 201


def test_a_database_that_is_away_is_a_503_that_says_to_ask_again(api, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection refused, password=secret")

    monkeypatch.setattr("loyalty.api.views.dispatch", away)
    answer = api.post(BOX, {"things": 1})
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "request.unavailable", "1")
    assert "secret" not in answer.content.decode()


def test_every_answer_carries_the_request_id(api):
    given = api.get("/api/v1/toy/broken", X_Request_Id="till-7.2026-01-31")
    assert given.json()["request_id"] == given.headers["X-Request-Id"] == "till-7.2026-01-31"
    made = api.get(BOX, X_Request_Id="<script>")
    assert made.headers["X-Request-Id"] not in ("", "<script>")


def test_an_unknown_address_and_method_are_problems_too(api):
    missing, wrong = api.get("/api/v1/no/such"), api.send("DELETE", BOX)
    assert (missing.status_code, missing.json()["code"]) == (404, "request.not_found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["Allow"]) == (405, "request.method", "POST, PUT, GET")
