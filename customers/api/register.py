"""The register over REST, under `/api/v1/customers`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.core.exceptions import PermissionDenied

from customers import queries
from customers.commands import (
    UNCHANGED,
    ActivateCustomer,
    CardState,
    ConsentPurpose,
    ConsentSource,
    DeactivateCustomer,
    EditCustomer,
    RegisterCustomer,
    Registered,
)
from customers.invitations import typed_code
from customers.permissions import ACTIVATE, CONTACTS, EDIT, REGISTER, SEE, SEE_CONTACTS
from customers.phones import region_of, typed_phone
from loyalty.api.paging import LARGEST_PAGE, Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.errors import DomainError, NotFound, Refusals
from loyalty.staff.models import PrivilegedRead, User
from loyalty.tenancy import reading
from loyalty.tenancy.current import acting_for
from pos.queries import sale_place

GenderText = Literal["male", "female", "undisclosed"]
LanguageText = Literal["vi", "en", "pl", ""]
StateText = Literal["new", "active", "inactive"]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)]
LIST = "customers"


class CustomerInList(msgspec.Struct, frozen=True):
    """A customer in a list. `total` is what was kept of all purchases, in minor units of `currency`."""

    id: UUID
    code: str
    first_name: str
    last_name: str
    phone_last4: str
    state: StateText
    purchases: int
    total: int
    currency: str
    last_purchase_at: datetime | None
    registered_at: datetime


class CustomerAnswer(CustomerInList, frozen=True, kw_only=True):
    """Everything known of a customer. Callers without `customers.see_contacts` get null for `phone`, `email`, `card`,
    `external_id`, `address`, `company` and `tax_number`. `seller_id` is the member of staff who brought them, `referrer_id` the
    customer who did; `card_state` says where their card is.
    """

    gender: GenderText
    birth_date: date | None
    language: LanguageText
    labels: dict[str, str]
    pos_id: UUID | None
    seller_id: UUID | None
    referrer_id: UUID | None
    card_state: CardState
    address: str | None
    company: str | None
    tax_number: str | None
    phone: str | None
    email: str | None
    card: str | None
    external_id: str | None


class RegisterBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who joins. `phone` in any usual spelling; without country code it is one of the tenant's country.

    They agree to `consents` with the version `consent_text` of the text, at `consent_source`. `invitation` is the code of the link by which
    they came; `referrer_id` names who brought them.
    """

    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    email: str | None = None
    card: str | None = None
    external_id: str | None = None
    gender: GenderText = "undisclosed"
    birth_date: date | None = None
    address: str = ""
    company: str = ""
    tax_number: str = ""
    language: LanguageText = ""
    labels: dict[str, str] = {}
    pos_id: UUID | None = None
    active: bool = True
    seller_id: UUID | None = None
    referrer_id: UUID | None = None
    invitation: Annotated[str, msgspec.Meta(max_length=40)] = ""
    consents: list[ConsentPurpose] = []
    consent_text: str = ""
    consent_source: ConsentSource = "website"


class EditBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; fields left out stay as they are, null or "" empties one."""

    first_name: str | msgspec.UnsetType = msgspec.UNSET
    last_name: str | msgspec.UnsetType = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    card: str | msgspec.UnsetType | None = msgspec.UNSET
    external_id: str | msgspec.UnsetType | None = msgspec.UNSET
    gender: GenderText | msgspec.UnsetType = msgspec.UNSET
    birth_date: date | msgspec.UnsetType | None = msgspec.UNSET
    address: str | msgspec.UnsetType = msgspec.UNSET
    company: str | msgspec.UnsetType = msgspec.UNSET
    tax_number: str | msgspec.UnsetType = msgspec.UNSET
    language: LanguageText | msgspec.UnsetType = msgspec.UNSET
    labels: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class DeactivateBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str


class CustomersQuery(msgspec.Struct):
    """`search` is what a seller would type: words of a name, a phone or its last 4 digits, a code, a card, an email.

    A search answers with one page of the best matches; the list without it is in order of registration, newest first.
    """

    search: str = ""
    state: StateText | None = None
    limit: Limit = 50
    cursor: str | None = None


class CustomersView(QueryView):
    """Find customers, or list them all."""

    permission = SEE
    rate = "finding"
    query = CustomersQuery
    answer = Page[CustomerInList]

    def ask(self, query: CustomersQuery, **path: Any) -> Page[CustomerInList]:
        states = [query.state] if query.state else []
        if query.search.strip():
            return Page([in_list(card) for card in queries.search(query.search, query.limit, states=states)])
        page = queries.customers(limit=query.limit, after=self._after(query.cursor), states=states)
        following = page.after and sealed_cursor([page.after[0].isoformat(), str(page.after[1])], self.tenant.id, LIST)
        return Page([in_list(card) for card in page.items], following)

    def _after(self, cursor: str | None) -> tuple[datetime, UUID] | None:
        opened = opened_cursor(cursor, self.tenant.id, LIST)
        return opened and (datetime.fromisoformat(opened[0]), UUID(opened[1]))


class CustomerView(QueryView):
    """Show one customer."""

    permission = SEE
    answer = CustomerAnswer

    def ask(self, query: None, **path: Any) -> CustomerAnswer:
        card = queries.customer(path["customer_id"])
        customer_id, profile = card.id, queries.profile(card.id)
        return CustomerAnswer(
            **msgspec.structs.asdict(in_list(card)),
            gender=profile.gender,
            birth_date=profile.birth_date,
            language=profile.language,  # type: ignore[arg-type]
            labels=profile.labels,
            pos_id=profile.pos_id,
            seller_id=profile.seller_id,
            referrer_id=profile.referrer_id,
            card_state=profile.card_state,
            **self._contacts(customer_id, profile),
        )

    def _contacts(self, customer_id: UUID, profile: queries.Profile) -> dict[str, Any]:
        if not self.principal.may(SEE_CONTACTS):
            return dict.fromkeys(CONTACTS)
        PrivilegedRead.note(self.principal, SEE_CONTACTS, customer_id)
        return asdict(queries.contacts(customer_id)) | {name: getattr(profile, name) for name in ("address", "company", "tax_number")}


class RegisterCustomerView(CommandView):
    """Register a customer."""

    permission = REGISTER
    body = RegisterBody
    answer = Registered
    status = 201
    dry_runs = True

    def command(self, body: RegisterBody, **path: Any) -> RegisterCustomer:
        facts = msgspec.structs.asdict(body)
        facts["phone"] = typed_phone(body.phone, region_of(self.tenant.time_zone)) if body.phone else None
        facts["language"] = body.language or self.tenant.default_language
        facts["consents"] = tuple(body.consents)
        facts["invitation"] = typed_code(body.invitation)
        order, refusals = RegisterCustomer(**facts), Refusals()
        with refusals, acting_for(self.tenant.id):
            refuse_unknown_place(body.pos_id)
        with refusals:
            _refuse_unknown_seller(self.tenant.id, body.seller_id)
        if refusals:
            with refusals:
                self._dispatch(order, dry_run=True)
        refusals.raise_all()
        return order


class EditCustomerView(CommandView):
    """Correct or complete what is known of a customer. What needs `customers.see_contacts` to be seen needs it to be changed."""

    method = "patch"
    permission = EDIT
    body = EditBody
    dry_runs = True

    def command(self, body: EditBody, **path: Any) -> EditCustomer:
        facts = {name: UNCHANGED if value is msgspec.UNSET else value for name, value in msgspec.structs.asdict(body).items()}
        if not self.principal.may(SEE_CONTACTS) and any(facts[name] is not UNCHANGED for name in CONTACTS):
            raise PermissionDenied
        if isinstance(body.phone, str) and body.phone:
            facts["phone"] = typed_phone(body.phone, region_of(self.tenant.time_zone))
        with reading(self.tenant.id):
            return EditCustomer(customer_id=queries.survivor(path["customer_id"]), **facts)


class ActivateCustomerView(CommandView):
    """Let a customer take part."""

    permission = ACTIVATE

    def command(self, body: None, **path: Any) -> ActivateCustomer:
        return ActivateCustomer(customer_id=path["customer_id"])


class DeactivateCustomerView(CommandView):
    """Let a customer take part no longer: no sign-in, no earning, no spending."""

    permission = ACTIVATE
    body = DeactivateBody

    def command(self, body: DeactivateBody, **path: Any) -> DeactivateCustomer:
        return DeactivateCustomer(customer_id=path["customer_id"], reason=body.reason)


def refuse_unknown_place(pos_id: UUID | None) -> None:
    """Raises DomainError `pos.point_of_sale_not_found` for the id of no point of sale: the log would keep it for ever."""
    try:
        if pos_id is not None:
            sale_place(pos_id)
    except NotFound as unknown:
        raise unknown.at("pos_id") from None


def _refuse_unknown_seller(tenant_id: int, seller_id: UUID | None) -> None:
    """Raises DomainError `customers.seller_unknown` for the id of nobody who works here."""
    if seller_id is None:
        return
    with reading(tenant_id):
        if not User.objects.filter(tenant_id=tenant_id, pk=seller_id).exists():
            raise DomainError("customers.seller_unknown", field="seller_id")


def in_list(card: queries.CustomerCard) -> CustomerInList:
    """A card as the API shows it."""
    return CustomerInList(**{field: getattr(card, field) for field in CustomerInList.__struct_fields__})
