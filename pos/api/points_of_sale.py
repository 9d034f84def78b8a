"""`/api/v1/points-of-sale`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from loyalty.api.paging import Page
from loyalty.api.views import CommandView, QueryView
from pos import queries
from pos.access import takings_seen
from pos.api.shapes import Degrees, Limit, NamedListView, Opening, facts_of, name_and_id, openings
from pos.commands import ActivatePointOfSale, AddPointOfSale, DeactivatePointOfSale, EditPointOfSale, PointOfSaleAnswer
from pos.permissions import EDIT_PLACES, SEE


class PointOfSale(msgspec.Struct, frozen=True):
    """A point of sale. `purchases` counts its sale documents, `undone` those that came back entirely; `revenue` is what was
    kept of them, in minor units of `currency`. The three follow a moment after the till, and are null for places of
    merchants whose purchases the caller may not see.
    """

    id: UUID
    merchant_id: UUID
    merchant_name: str
    code: str
    name: str
    description: str
    address: str
    latitude: Degrees | None
    longitude: Degrees | None
    opening_hours: list[Opening]
    active: bool
    added_at: datetime
    purchases: int | None
    undone: int | None
    revenue: int | None
    currency: str


class AddPointOfSaleBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new place. `code` (A–Z, digits, hyphens, up to 20) names it for ever."""

    merchant_id: UUID
    code: str
    name: str
    description: str = ""
    address: str = ""
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    opening_hours: list[Opening] = []


class EditPointOfSaleBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; fields left out stay as they are, null or "" empties one."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    address: str | msgspec.UnsetType = msgspec.UNSET
    latitude: Degrees | msgspec.UnsetType | None = msgspec.UNSET
    longitude: Degrees | msgspec.UnsetType | None = msgspec.UNSET
    opening_hours: list[Opening] | msgspec.UnsetType = msgspec.UNSET


class PointsOfSaleQuery(msgspec.Struct):
    """In order of names; of one merchant, or of all."""

    merchant_id: UUID | None = None
    limit: Limit = 50
    cursor: str | None = None


class PointsOfSaleView(NamedListView):
    """List points of sale by name, with what they sold."""

    permission = SEE
    query = PointsOfSaleQuery
    answer = Page[PointOfSale]
    list_name = "points_of_sale"

    def ask(self, query: PointsOfSaleQuery, **path: Any) -> Page[PointOfSale]:
        seen = takings_seen(self.principal)
        return self.page(
            query,
            queries.points_of_sale,
            lambda p: name_and_id(p.name, p.pos_id),
            lambda p: shown(p, seen),
            merchant_id=query.merchant_id,
        )


class PointOfSaleView(QueryView):
    """Show one point of sale."""

    permission = SEE
    answer = PointOfSale

    def ask(self, query: None, **path: Any) -> PointOfSale:
        return shown(queries.point_of_sale(path["pos_id"]), takings_seen(self.principal))


class AddPointOfSaleView(CommandView):
    """Add a point of sale."""

    permission = EDIT_PLACES
    body = AddPointOfSaleBody
    answer = PointOfSaleAnswer
    status = 201
    dry_runs = True

    def command(self, body: AddPointOfSaleBody, **path: Any) -> AddPointOfSale:
        return AddPointOfSale(**facts_of(body))


class EditPointOfSaleView(CommandView):
    """Correct what is known of a point of sale."""

    method = "patch"
    permission = EDIT_PLACES
    body = EditPointOfSaleBody
    answer = PointOfSaleAnswer
    dry_runs = True

    def command(self, body: EditPointOfSaleBody, **path: Any) -> EditPointOfSale:
        return EditPointOfSale(pos_id=path["pos_id"], **facts_of(body))


class _SwitchPointOfSaleView(CommandView):
    permission = EDIT_PLACES
    answer = PointOfSaleAnswer
    order: ClassVar[type[ActivatePointOfSale | DeactivatePointOfSale]]

    def command(self, body: None, **path: Any) -> ActivatePointOfSale | DeactivatePointOfSale:
        return self.order(pos_id=path["pos_id"])


class ActivatePointOfSaleView(_SwitchPointOfSaleView):
    """Let purchases be recorded at a point of sale again."""

    order = ActivatePointOfSale


class DeactivatePointOfSaleView(_SwitchPointOfSaleView):
    """Close a point of sale."""

    order = DeactivatePointOfSale


def shown(card: queries.PointOfSaleCard, seen: frozenset[UUID] | None) -> PointOfSale:
    """A point of sale as the API shows it, with its takings if its merchant is among those `seen` (None: all)."""
    same = ("merchant_id", "merchant_name", "code", "name", "description", "address", "latitude", "longitude", "active", "added_at",
            "currency")  # fmt: skip
    is_seen = seen is None or card.merchant_id in seen
    takings: dict[str, Any] = {name: getattr(card, name) if is_seen else None for name in ("purchases", "undone", "revenue")}
    return PointOfSale(
        id=card.pos_id, opening_hours=openings(card.opening_hours), **takings, **{name: getattr(card, name) for name in same}
    )
