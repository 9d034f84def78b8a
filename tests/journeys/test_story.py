"""One story through every layer: a customer joins, is found, buys, and everybody sees the same 25 points, now and made anew."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import ChangeConsents, ChangeDoors, CreateSegment, EnterSegment, MergeCustomers, PublishTerms, RegisterCustomer
from customers.events import TermsText
from earning.commands import (
    ActivateLevelSet,
    ActivateRule,
    AdjustPoints,
    ConfigureWallet,
    CreateCustomEventType,
    CreateRule,
    GiveLevel,
    InstallStarterLevels,
    PointsPerAmount,
    ReportCustomEvent,
    RuleText,
    SetExchangeRate,
    SetMatchingOrder,
)
from earning.domain.account import account_id
from earning.domain.wallets import WalletTerms
from earning.queries.wallets import STANDARD_UNITS
from loyalty.projections.projection import PROJECTIONS, Follower, Projection
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.projections.runner import ensure_checkpoints, project_all, project_once
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from rewards.commands import (
    ActivateReward,
    Choice,
    CreateReward,
    GiftAddress,
    GiveReward,
    HoldBasket,
    MakeCodes,
    MaterialGift,
    RedeemReward,
)
from tests.pos.counter import HTMX
from tests.pos.given import LONG_AGO, a_customer, a_merchant, a_place, a_rule, a_seller, say, sold
from tests.rewards.given import LINES, content
from tests.support.client import visitor
from tests.support.pages import text_of
from tests.support.server import served

CONTEXTS = ("customers.", "earning.", "omnichannel.", "pos.", "rewards.", "support.")
NO_BREAK = "\N{NO-BREAK SPACE}"


class Program:
    """Somebody's program, which speaks to the running server over its socket."""

    def __init__(self, port: int, token: str, host: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Host": host, "Accept-Language": "en", "Content-Type": "application/json"}

    def ask(self, path: str) -> Any:
        return self._said("GET", path, None, 200)

    def order(self, path: str, body: dict[str, Any]) -> Any:
        return self._said("POST", path, json.dumps(body), 201)

    def _said(self, method: str, path: str, body: str | None, expected: int) -> Any:
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, f"/api/v1/{path}", body, self.headers | {"Idempotency-Key": str(uuid4())})
            answer = line.getresponse()
            said = answer.read()
            assert answer.status == expected, said.decode()
            return json.loads(said)
        finally:
            line.close()


def said_by(page: Any) -> str:
    """The words of a page, with plain spaces in its figures."""
    assert page.status_code == 200, page.content.decode()
    return text_of(page).replace(NO_BREAK, " ")


@pytest.mark.usefixtures("own_log")
def test_one_story_through_every_layer(tenant: Tenant, api_token: Any, seller_user: User, admin_user: User) -> None:
    a_seller(tenant, seller_user, a_place(tenant, "SV-LELOI", "Sen Vàng Lê Lợi"))
    a_rule(tenant)

    with served(workers=1) as port:
        program = Program(port, api_token(tenant), tenant.hosts[0])
        customer_id = joins(program)
        is_found(program, customer_id)
        number = buys(visitor(tenant, seller_user), customer_id)
        purchase_id = is_shown_by_the_api(program, customer_id, number)
        is_shown_to_the_administrator(tenant, visitor(tenant, admin_user), customer_id, purchase_id, number)
        whatever_else_there_is(tenant, customer_id)
        is_the_same_made_anew()
        is_found(program, customer_id)
        assert program.ask(f"customers/{customer_id}")["total"] == 250_000


def joins(program: Program) -> UUID:
    told = {"first_name": "Văn Đường", "last_name": "Nguyễn", "phone": "0912 345 678"}
    return UUID(program.order("customers", told)["customer_id"])


def is_found(program: Program, customer_id: UUID) -> None:
    for typed in ("duong", "nguyen+duo", "0912345678", "5678"):
        assert [found["id"] for found in program.ask(f"customers?search={typed}")["items"]] == [str(customer_id)], typed


def buys(till: Any, customer_id: UUID) -> str:
    """The seller finds them, types the amount, sees what it will bring, and presses Enter. Returns the number of the slip."""
    found = said_by(till.get("/till/SV-LELOI/find/", {"q": "duong"}, headers=HTMX))
    assert "Nguyễn Văn Đường" in found
    told = {"once": str(uuid4()), "amount": "250000", "document_number": "HD-0001"}
    assert "25" in said_by(till.post(f"/till/SV-LELOI/{customer_id}/preview/", told, headers=HTMX))
    done = said_by(till.post(f"/till/SV-LELOI/{customer_id}/record/", told, headers=HTMX))
    assert "25 points" in done
    assert "Nguyễn Văn Đường" in done
    again = said_by(till.post(f"/till/SV-LELOI/{customer_id}/record/", told, headers=HTMX))
    assert "25 points" in again
    return "HD-0001"


def is_shown_by_the_api(program: Program, customer_id: UUID, number: str) -> UUID:
    (listed,) = program.ask(f"purchases?customer_id={customer_id}")["items"]
    shown = program.ask(f"purchases/{listed['id']}")
    assert (shown["document_number"], shown["total"], shown["points"], shown["channel"]) == (number, 250_000, 25, "till")
    account = program.ask(f"customers/{customer_id}/account")
    assert account["balance"] == 25
    (movement,) = program.ask(f"customers/{customer_id}/account/statement")["items"]
    assert (movement["points"], movement["balance"], movement["purchase_id"]) == (25, 25, listed["id"])
    assert [(reason["amount"], reason["points"]) for reason in movement["reasons"]] == [(250_000, 25)]
    (lot,) = program.ask(f"customers/{customer_id}/account/lots")["items"]
    assert (lot["points"], lot["remaining"]) == (25, 25)
    return UUID(listed["id"])


def is_shown_to_the_administrator(tenant: Tenant, admin: Any, customer_id: UUID, purchase_id: UUID, number: str) -> None:
    sales = said_by(admin.get("/admin/earning/purchase/"))
    assert number in sales
    assert "250,000" in sales
    one = said_by(admin.get(f"/admin/earning/purchase/{purchase_id}/change/"))
    for shown in (number, "Nguyễn Văn Đường", "Sen Vàng Lê Lợi", "250,000", "25"):
        assert shown in one, shown
    history = said_by(admin.get(f"/admin/earning/purchase/{purchase_id}/history/"))
    assert "Purchase recorded" in history
    assert "Seller, Till" in history
    assert "Registered" in said_by(admin.get(f"/admin/customers/customer/{customer_id}/history/"))
    account = said_by(admin.get(f"/admin/earning/account/{account_id(tenant.id, 'points', customer_id)}/change/"))
    assert "Nguyễn Văn Đường" in account
    assert f"Earned {number} Một điểm mỗi 10.000 ₫ +25 25" in account


def whatever_else_there_is(tenant: Tenant, customer_id: UUID) -> None:
    """A fact for each read model that the story does not come to."""
    next_year = datetime.now(UTC) + timedelta(days=365)
    say(tenant, SetMatchingOrder(kinds=("phone", "card")))
    say(tenant, SetExchangeRate(currency="USD", rate=Decimal(25_000), into="VND"))
    say(tenant, ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=WalletTerms(approval_above=5_000)))
    say(tenant, AdjustPoints(customer_id=customer_id, points=5_001, reason="prize"))
    levels = say(tenant, InstallStarterLevels(starter="classic", currency="VND"))
    say(tenant, ActivateLevelSet(set_id=levels.set_id))
    say(tenant, GiveLevel(customer_id=customer_id, level="gold", ends_at=next_year, reason="prize"))
    carries = PointsPerAmount(points=Decimal(1), per=40_000, currency="VND", whole_steps=True, carry=True)
    rule = say(tenant, CreateRule(name="Một điểm mỗi 40.000 ₫", terms=carries))
    say(tenant, ActivateRule(rule_id=rule.rule_id, effective_at=LONG_AGO))
    names = tuple(RuleText(language=language, name="Đánh giá") for language in ("vi", "en", "pl"))
    say(tenant, CreateCustomEventType(code="review", texts=names, schema={"type": "object"}))
    say(tenant, ReportCustomEvent(customer_id=customer_id, type="review", reference_id="r-1", attributes={"stars": 5}))
    hoa = a_customer(tenant, "Hoa", "Trần", phone="+84987654321")
    sold(tenant, a_merchant(tenant, "Quán Hoa"), None, "HD-2", 30_000, datetime.now(UTC) - timedelta(minutes=1), hoa)
    say(tenant, PublishTerms(texts=(TermsText(language="vi", text="Mỗi 10.000 ₫ một điểm."),)))
    say(tenant, ChangeConsents(customer_id=customer_id, consents={"terms": True}, text_version="1"))
    segment = say(tenant, CreateSegment(code="vip", name="Khách quý"))
    say(tenant, EnterSegment(segment_id=segment.segment_id, customer_id=customer_id))
    say(tenant, RegisterCustomer(first_name="Lan", phone="+84987654323", referrer_id=customer_id))
    say(tenant, ChangeDoors(doors=("phone",)))
    reward = say(tenant, CreateReward(content=content(points=5)))
    say(tenant, ActivateReward(reward_id=reward.reward_id))
    tumbler = say(tenant, CreateReward(content=content(MaterialGift(sku="TUMBLER", delivered=True))))
    say(tenant, ActivateReward(reward_id=tumbler.reward_id))
    home = GiftAddress(recipient="Hoa", phone="0912 345 678", address="1 Lê Lợi")
    say(tenant, GiveReward(customer_id=customer_id, reward_id=tumbler.reward_id, send_to=home))
    coupon = say(tenant, RedeemReward(customer_id=customer_id, reward_id=reward.reward_id)).coupon_id
    say(tenant, MakeCodes(reward_id=say(tenant, CreateReward(content=content(codes="stock"))).reward_id, codes=3))
    place = a_merchant(tenant, "Quán Lan")
    say(tenant, HoldBasket(customer_id=customer_id, merchant_id=place, pos_id=None, lines=LINES, choices=(Choice(coupon_id=coupon),)))
    say(
        tenant, MergeCustomers(customer_id=hoa, other_id=a_customer(tenant, "Hoà", "Trần", phone="+84987654322"), reason="registered twice")
    )


def read_models() -> list[Projection]:
    ours = [p for name, p in PROJECTIONS.items() if name.startswith(CONTEXTS) and p.tables and not isinstance(p, Follower)]
    assert {table for p in ours for table in p.tables} >= {"customers_customer", "earning_account", "earning_purchase", "pos_takings"}
    return ours


def is_the_same_made_anew() -> None:
    """Every read model, by events one at a time, by the thousand and by chance; each has something to show."""
    project_all()
    by_chance = random.randrange(2, 40)
    for projection in read_models():
        live = {table: checksum(table) for table in projection.tables}
        for batch in (1, 1000, by_chance):
            made = rebuild(projection, batch=batch, swap=False)
            assert made.events > 0, f"{projection.name} has nothing to be made of"
            assert made.checksums == live, (projection.name, batch)
        rebuild(projection)
        assert {table: checksum(table) for table in projection.tables} == live, projection.name


def bring_level(projection: Projection) -> None:
    for chunk in range(0 if projection.inline else projection.chunks):
        while project_once(projection, chunk):
            pass


def test_whatever_the_tests_before_brought_about_is_the_same_made_anew() -> None:
    ensure_checkpoints()
    for projection in read_models():
        bring_level(projection)
        made = rebuild(projection, swap=False)
        assert made.checksums == made.live, projection.name
