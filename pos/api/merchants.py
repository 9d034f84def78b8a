"""`/api/v1/merchants`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from customers.phones import region_of
from loyalty.api.paging import Page
from loyalty.api.views import CommandView, QueryView
from pos import queries
from pos.api.shapes import Degrees, ListQuery, NamedListView, facts_of, name_and_id
from pos.commands import ActivateMerchant, AddMerchant, DeactivateMerchant, DocumentScope, EditMerchant, MerchantAnswer
from pos.permissions import EDIT_MERCHANTS, SEE
from pos.phones import business_phone


class Merchant(msgspec.Struct, frozen=True):
    """A merchant; `points_of_sale` are the names of its places, `phone` is E.164 or ""."""

    id: UUID
    name: str
    phone: str
    email: str
    points_of_sale: list[str]
    address: str
    latitude: Degrees | None
    longitude: Degrees | None
    document_scope: DocumentScope
    active: bool
    added_at: datetime


class AddMerchantBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who joins. `phone` in any usual spelling. Within `document_scope` document numbers are unique; it never changes."""

    name: str
    document_scope: DocumentScope = "pos_day"
    phone: str | None = None
    email: str | None = None
    address: str = ""
    latitude: Degrees | None = None
    longitude: Degrees | None = None


class EditMerchantBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; fields left out stay as they are, null or "" empties one."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    phone: str | msgspec.UnsetType | None = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    address: str | msgspec.UnsetType = msgspec.UNSET
    latitude: Degrees | msgspec.UnsetType | None = msgspec.UNSET
    longitude: Degrees | msgspec.UnsetType | None = msgspec.UNSET


class MerchantsView(NamedListView):
    """List merchants by name."""

    permission = SEE
    answer = Page[Merchant]
    list_name = "merchants"

    def ask(self, query: ListQuery, **path: Any) -> Page[Merchant]:
        return self.page(query, queries.merchants, lambda m: name_and_id(m.name, m.merchant_id), shown)


class MerchantView(QueryView):
    """Show one merchant."""

    permission = SEE
    answer = Merchant

    def ask(self, query: None, **path: Any) -> Merchant:
        return shown(queries.merchant(path["merchant_id"]))


class AddMerchantView(CommandView):
    """Add a merchant."""

    permission = EDIT_MERCHANTS
    body = AddMerchantBody
    answer = MerchantAnswer
    status = 201
    dry_runs = True

    def command(self, body: AddMerchantBody, **path: Any) -> AddMerchant:
        facts = facts_of(body)
        return AddMerchant(**facts | {"phone": business_phone(body.phone, region_of(self.tenant.time_zone))})


class EditMerchantView(CommandView):
    """Correct what is known of a merchant."""

    method = "patch"
    permission = EDIT_MERCHANTS
    body = EditMerchantBody
    answer = MerchantAnswer
    dry_runs = True

    def command(self, body: EditMerchantBody, **path: Any) -> EditMerchant:
        facts = facts_of(body)
        if isinstance(body.phone, str):
            facts["phone"] = business_phone(body.phone, region_of(self.tenant.time_zone))
        return EditMerchant(merchant_id=path["merchant_id"], **facts)


class _SwitchMerchantView(CommandView):
    permission = EDIT_MERCHANTS
    answer = MerchantAnswer
    order: ClassVar[type[ActivateMerchant | DeactivateMerchant]]

    def command(self, body: None, **path: Any) -> ActivateMerchant | DeactivateMerchant:
        return self.order(merchant_id=path["merchant_id"])


class ActivateMerchantView(_SwitchMerchantView):
    """Let a merchant sell again."""

    order = ActivateMerchant


class DeactivateMerchantView(_SwitchMerchantView):
    """Let a merchant sell nowhere."""

    order = DeactivateMerchant


def shown(card: queries.MerchantCard) -> Merchant:
    """A merchant as the API shows it."""
    return Merchant(
        id=card.merchant_id,
        name=card.name,
        phone=card.phone,
        email=card.email,
        points_of_sale=list(card.points_of_sale),
        address=card.address,
        latitude=card.latitude,
        longitude=card.longitude,
        document_scope=card.document_scope,
        active=card.active,
        added_at=card.added_at,
    )
