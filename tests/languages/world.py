"""A small company with one of everything. Whatever people typed carries a mark, so that a page's own words stand out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.commands import IssueCustomerToken
from customers.tokens import new_token
from customers.views.access import COOKIE
from earning.models import Rule
from earning.queries import purchases
from loyalty.bus import dispatch
from loyalty.jobs import work
from loyalty.staff.models import ApiToken, Role, User, token_hash
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos import given
from tests.support.client import visitor
from tests.support.people import PASSWORD, new_tenant

MARK = "Ω"


@dataclass
class World:
    """The company and who works there; `names` are those, in its own language, of its roles and rules."""

    tenant: Tenant
    boss: User
    seller: User
    marketer: User
    customer_id: UUID
    place: str = "OMEGA-1"
    names: set[str] = field(default_factory=set)

    kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, work: Callable[[], Any]) -> Any:
        """What `work` gives, worked out for the first who asks: nothing changes here."""
        if key not in self.kept:
            self.kept[key] = work()
        return self.kept[key]

    def visitor(self, user: User | UUID | None, language: str) -> Client:
        """Staff, nobody yet, or the customer with that id."""
        client = visitor(self.tenant, user if isinstance(user, User) else None, language)
        if isinstance(user, UUID):
            client.cookies[COOKIE] = self.once("session", lambda: a_session(self.tenant, user))
        return client


def a_world() -> World:
    """A Polish company with a merchant, a point of sale, a seller, a customer, a rule, a purchase and a piece of long work."""
    tenant = new_tenant(name=f"{MARK} Sklep", currency="PLN", zone="Europe/Warsaw", language="pl")
    boss = add_user(tenant.id, "boss@example.com", PASSWORD, role_code="administrator", display_name=f"{MARK} Anna")
    merchant = given.a_merchant(tenant, f"{MARK} Kawa", phone=None, email="kawa@example.com")
    place = given.a_place(tenant, "OMEGA-1", f"{MARK} Rynek", merchant_id=merchant, description=f"{MARK} parter")
    seller = add_user(tenant.id, "seller@example.com", PASSWORD, role_code="seller", display_name=f"{MARK} Jan")
    marketer = add_user(tenant.id, "marketer@example.com", PASSWORD, role_code="marketer", display_name=f"{MARK} Iga")
    given.a_seller(tenant, seller, place)
    customer = given.a_customer(tenant, f"{MARK} Ewa", f"{MARK} Lis", phone="+48601234567")
    given.a_rule(tenant, 1_000)
    given.sold(tenant, merchant, place, "FV-1", 12_550, timezone.now() - timedelta(hours=1), customer)
    work.begin(tenant.id, f"{MARK} test", f"{MARK} import", f"staff:{boss.pk}")
    with reading(tenant.id):
        ApiToken.issue(tenant_id=tenant.id, name=f"{MARK} token", user=boss)
        names = {word for role in Role.objects.all() for word in (role.name, role.code)} | set(Rule.objects.values_list("name", flat=True))
    return World(tenant, boss, seller, marketer, customer, names=names)


def lists() -> dict[str, Any]:
    """Every list of the administration by the front of its addresses."""
    return {f"admin:{m._meta.app_label}_{m._meta.model_name}": listed for m, listed in admin.site._registry.items()}


def _row_pages(listed: Any, world: World) -> tuple[Any, list[str]]:
    """The key of the first row of a list, and the pages that it offers."""
    with reading(world.tenant.id):
        row = listed.model.objects.filter(tenant_id=world.tenant.id).first()
        if row is None:
            return None, []
        offered = [key for key, form in listed.object_commands.items() if form.offered(row)]
        return row.pk, ["change", *(["history"] if listed.streams(row) else []), *offered]


def _addresses(name: str, pages: Any, *args: Any) -> list[str]:
    return [reverse(f"{name}_{page}", args=args) for page in pages]


def administration(world: World) -> list[str]:
    """Addresses of the home page, the own account, every list and every form, and of one row's pages in each list."""
    found = ["/admin/", "/account/", "/account/password/"]
    for name, listed in lists().items():
        found += [*_addresses(name, ["changelist", *listed.commands]), f"{reverse(f'{name}_changelist')}?q=zzz"]
        key, pages = _row_pages(listed, world)
        found += _addresses(name, pages, key)
    return found


def forms(world: World) -> list[str]:
    """Addresses that answer an empty form with what is wrong in it."""
    return [address for name, listed in lists().items() for address in _addresses(name, listed.commands)]


def own(world: World) -> list[str]:
    """Addresses of a customer's own pages."""
    with reading(world.tenant.id):
        (sold,) = purchases(customer_id=world.customer_id)
    names = ("home", "card", "purchases", "levels", "me", "profile", "photo", "consents", "confirm", "devices", "invite")
    return [
        *(reverse(f"app-{name}") for name in names),
        reverse("app-purchase", args=[sold.purchase_id]),
        *(reverse("app-proof", args=[then]) for then in ("phone", "join", "password")),
    ]


@contextmanager
def proven(world: World) -> Iterator[None]:
    """While it was shown just now whose sessions they are."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("update customers_token set proven_at = now() where tenant_id = %s", [world.tenant.id])
        yield
        cursor.execute("update customers_token set proven_at = null where tenant_id = %s", [world.tenant.id])


def a_session(tenant: Tenant, customer_id: UUID) -> str:
    """The token of a session of a customer."""
    token = new_token()
    order = IssueCustomerToken(customer_id=customer_id, hash=token_hash(token), minutes=60)
    dispatch(order, tenant_id=tenant.id, actor="system", channel="test")
    return token


def till(world: World) -> list[str]:
    """Addresses of the till's screens."""
    customer = reverse("till-customer", args=[world.place, world.customer_id])
    counter = reverse("till", args=[world.place])
    finds = [f"{reverse('till-find', args=[world.place])}?q={typed}" for typed in ("lis", "zzzz")]
    programme = [reverse(name, args=[world.place]) for name in ("till-rules", "till-levels")]
    return [counter, *finds, *programme, reverse("till-enrol", args=[world.place]), customer]


def till_answers(world: World) -> list[tuple[str, dict[str, str]]]:
    """What a seller sends, and where to: an enrolment, a preview and a purchase, wrong and right."""
    enrol, at = reverse("till-enrol", args=[world.place]), [world.place, world.customer_id]
    preview, record = reverse("till-preview", args=at), reverse("till-record", args=at)
    right = {"once": str(uuid4()), "amount": "125,50", "document_number": ""}
    return [
        (enrol, {"once": str(uuid4()), "phone": "12"}),
        (enrol, {"once": str(uuid4()), "phone": "601234567"}),
        (enrol, {"once": str(uuid4())}),
        (enrol, {}),
        (preview, {"amount": "20,00"}),
        (record, {"once": str(uuid4()), "amount": "many"}),
        (record, {"once": str(uuid4())}),
        (record, right | {"document_number": "TILL-1"}),
        (record, right),
        (record, right),
        (record, right | {"amount": "9,99"}),
    ]
