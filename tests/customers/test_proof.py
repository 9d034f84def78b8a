"""Who holds a device that is signed in cannot give the account away: a code or the password shows first that it is the customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from customers import queries
from customers.commands import ChangeDoors, ChangePhoneByCode, EraseOneself, MergeByCode
from customers.domain.challenge import MOST_PASSWORDS_OF_ONE
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_passwords import OTHER, OTHERS, WORDS, an_hour_later, app, refused, said, with_password
from tests.customers.test_shell import joined
from tests.customers.test_sign_in import PHONE, do, last_code, letters, people, signed_in, wrong
from tests.earning.counter import rows
from tests.support.client import ApiClient
from tests.support.client import visitor as browser_of
from tests.support.pages import text_of

ME, PROOF, CODE, NEW_PHONE, MERGE, ERASE = (f"/api/v1/me{part}" for part in ("", "/proof", "/proof/code", "/phone", "/merge", "/erase"))
NEEDED = (422, "customers.proof_needed", "")
NUMBER = "+84912999888"


@pytest.fixture
def visitor(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


@pytest.fixture
def mine(tenant: Tenant, visitor: ApiClient) -> ApiClient:
    """Who joined by a code, a while ago."""
    found = app(tenant, signed_in(tenant, visitor, first_name="Hương"))
    an_hour_later()
    a_minute_later()
    return found


def proven(tenant: Tenant, mine: ApiClient) -> Any:
    """The answer to the code that went to the customer's own phone."""
    a_minute_later()
    asked = mine.post(CODE)
    assert asked.status_code == 201, asked.content
    return mine.post(f"{CODE}/{asked.json()['challenge_id']}", {"code": last_code(tenant)})


# -- over the API ---------------------------------------------------------------------------------


def test_a_session_alone_has_no_code_sent_and_erases_nobody(tenant: Tenant, mine: ApiClient) -> None:
    before = len(letters(tenant))
    code = mine.get(ME).json()["code"]
    assert mine.get(PROOF).json() == {"proven_until": None}
    answers = [mine.post(NEW_PHONE, {"phone": NUMBER}), mine.post(MERGE, {"phone": OTHER}), mine.post(ERASE, {"code": code})]
    assert [refused(answer) for answer in answers] == [NEEDED] * 3
    assert (len(letters(tenant)), people(tenant), mine.get(ME).json()["phone"]) == (before, 1, PHONE)


def test_nor_does_it_with_a_code_that_was_sent_while_it_was_certain(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    app(tenant, signed_in(tenant, visitor, OTHER))
    a_minute_later()
    proven(tenant, mine)
    sent = {}
    for path, phone in ((NEW_PHONE, NUMBER), (MERGE, OTHER)):
        sent[path] = (mine.post(path, {"phone": phone}).json()["challenge_id"], last_code(tenant))
    an_hour_later()
    for path, (challenge, code) in sent.items():
        assert refused(mine.post(f"{path}/{challenge}", {"code": code})) == NEEDED
    assert (people(tenant), mine.get(ME).json()["phone"]) == (2, PHONE)
    proven(tenant, mine)
    for path, (challenge, code) in sent.items():
        assert mine.post(f"{path}/{challenge}", {"code": code}).status_code == 200, "the code was not used up"


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_what_to_do_is_said(mine: ApiClient, language: str) -> None:
    told = mine.speaking(language).post(NEW_PHONE, {"phone": NUMBER}).json()["detail"]
    assert {"vi": "mật khẩu", "en": "by a code that is sent to you", "pl": "kodem"}[language] in told


def test_a_code_to_their_own_phone_is_good_for_a_quarter_of_an_hour(tenant: Tenant, mine: ApiClient) -> None:
    asked = mine.post(CODE).json()["challenge_id"]
    assert letters(tenant)[-1][0] == PHONE
    assert refused(mine.post(f"{CODE}/{asked}", {"code": wrong(last_code(tenant))})) == (422, "customers.code_wrong", "/code")
    assert mine.post(f"{CODE}/{asked}", {"code": last_code(tenant)}).status_code == 200
    assert mine.get(PROOF).json()["proven_until"] is not None
    challenge = mine.post(NEW_PHONE, {"phone": NUMBER}).json()["challenge_id"]
    assert mine.post(f"{NEW_PHONE}/{challenge}", {"code": last_code(tenant)}).status_code == 200
    assert mine.get(ME).json()["phone"] == NUMBER
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15, seconds=1)):
        assert mine.get(PROOF).json() == {"proven_until": None}
        assert refused(mine.post(NEW_PHONE, {"phone": PHONE})) == NEEDED


def test_so_is_the_password(tenant: Tenant, visitor: ApiClient) -> None:
    mine = with_password(tenant, app(tenant, signed_in(tenant, visitor)))
    an_hour_later()
    assert refused(mine.post(PROOF, {"password": "not this one"})) == (422, "customers.password_wrong", "/password")
    assert refused(mine.post(PROOF, {"password": ""})) == (422, "customers.password_wrong", "/password")
    assert refused(mine.post(NEW_PHONE, {"phone": NUMBER})) == NEEDED
    assert mine.post(PROOF, {"password": WORDS}).status_code == 200
    assert mine.post(NEW_PHONE, {"phone": NUMBER}).status_code == 201
    inside = app(tenant, said(visitor))
    assert inside.get(PROOF).json()["proven_until"] is not None, "who came in by it has just said it"


def test_who_has_no_password_shows_nothing_by_one_nor_where_none_are_taken(tenant: Tenant, mine: ApiClient) -> None:
    assert refused(mine.post(PROOF, {"password": WORDS})) == (422, "customers.password_wrong", "/password")
    proven(tenant, mine)
    mine = with_password(tenant, mine)
    do(tenant, ChangeDoors(doors=("phone",), passwords=False))
    assert refused(mine.post(PROOF, {"password": WORDS})) == (422, "customers.passwords_closed", "/password")


def test_it_is_not_guessed(tenant: Tenant, visitor: ApiClient) -> None:
    mine = with_password(tenant, app(tenant, signed_in(tenant, visitor)))
    an_hour_later()
    codes = [refused(mine.post(PROOF, {"password": f"guess number {n}"}))[1] for n in range(MOST_PASSWORDS_OF_ONE + 1)]
    assert codes == ["customers.password_wrong"] * MOST_PASSWORDS_OF_ONE + ["customers.too_many_passwords"]


def test_what_one_session_has_shown_is_not_anothers(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    other = app(tenant, signed_in(tenant, visitor))
    assert other.get(PROOF).json()["proven_until"] is not None
    assert refused(mine.post(ERASE, {"code": mine.get(ME).json()["code"]})) == NEEDED
    stranger = app(tenant, signed_in(tenant, visitor, OTHER))
    asked = mine.post(CODE).json() if a_minute_later() is None else {}
    assert refused(stranger.post(f"{CODE}/{asked['challenge_id']}", {"code": last_code(tenant)})) == (422, "customers.code_wrong", "/code")


def test_who_has_shown_it_erases_themselves_by_their_customer_code(tenant: Tenant, mine: ApiClient) -> None:
    proven(tenant, mine)
    assert refused(mine.post(ERASE, {"code": "0000000A"}))[0] == 422
    assert mine.post(ERASE, {"code": mine.get(ME).json()["code"]}).status_code == 200
    assert people(tenant) == 0


def test_the_commands_ask_by_themselves(tenant: Tenant, mine: ApiClient) -> None:
    """Whatever a page forgets: it is decided in the transaction that changes something."""
    customer = UUID(mine.get(ME).json()["id"])
    ((session,),) = rows("customers_token", tenant, "id")
    code = mine.get(ME).json()["code"]
    who: dict[str, Any] = {"customer_id": customer, "session_id": session}
    orders = [
        EraseOneself(**who, code=code),
        *(order(**who, challenge_id=session, code="123456") for order in (ChangePhoneByCode, MergeByCode)),
    ]
    for order in orders:
        with pytest.raises(DomainError, match=r"customers\.proof_needed"):
            do(tenant, order)


# -- on pages -------------------------------------------------------------------------------------


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    found = browser_of(tenant)
    joined(tenant, found)
    return found


@pytest.mark.parametrize(("page", "then"), [("/app/me/phone/", "phone"), ("/app/me/join/", "join")])
def test_a_page_leads_to_where_it_is_shown_and_back(tenant: Tenant, browser: Client, page: str, then: str) -> None:
    assert browser.get(page).status_code == 200
    an_hour_later()
    before = len(letters(tenant))
    first = f"/app/me/proof/{then}/"
    assert [browser.get(page).headers["Location"], browser.post(page, {"phone": "0987654321"}).headers["Location"]] == [first, first]
    assert len(letters(tenant)) == before
    shown = text_of(browser.get(first))
    assert ("Is it you?" in shown, "0912 345 678" in shown, "The password that you have" in shown) == (True, True, False)
    a_minute_later()
    where = browser.post(f"{first}code/").headers["Location"]
    assert browser.post(where, {"code": wrong(last_code(tenant))}).status_code == 422
    assert "A code was sent just now" in text_of(browser.post(f"{where}again/"))
    assert browser.post(where, {"code": last_code(tenant)}).headers["Location"] == page
    assert browser.get(page).status_code == 200


def test_the_password_is_taken_there_too(tenant: Tenant, browser: Client) -> None:
    browser.post("/app/me/password/", {"password": WORDS, "again": WORDS})
    an_hour_later()
    answer = browser.post("/app/me/proof/phone/", {"password": OTHERS})
    assert (answer.status_code, "This does not match" in text_of(answer), OTHERS in answer.content.decode()) == (422, True, False)
    assert browser.post("/app/me/proof/phone/", {"password": WORDS}).headers["Location"] == "/app/me/phone/"
    assert browser.get("/app/me/phone/").status_code == 200


def test_a_code_that_was_sent_is_of_no_use_once_it_is_not_certain_any_more(tenant: Tenant, browser: Client) -> None:
    a_minute_later()
    where = browser.post("/app/me/phone/", {"phone": "0987654321"}).headers["Location"]
    an_hour_later()
    assert browser.post(where, {"code": last_code(tenant)}).headers["Location"] == "/app/me/proof/phone/"
    ((customer,),) = rows("customers_customer", tenant, "id")
    with reading(tenant.id):
        assert queries.contacts(customer).phone == PHONE


def test_there_is_no_other_page_to_go_on_to(browser: Client) -> None:
    assert {browser.get(f"/app/me/proof/{then}/").status_code for then in ("elsewhere", "app-me")} == {404}
    assert browser.post("/app/me/proof/elsewhere/code/").status_code == 404
