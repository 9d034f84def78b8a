"""`/api/v1/sellers`: which staff sell where."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec

from loyalty.api.paging import Page
from loyalty.api.views import CommandView, QueryView
from pos import queries
from pos.api.shapes import ListQuery, NamedListView
from pos.commands import ActivateSeller, AssignSeller, DeactivateSeller
from pos.permissions import ASSIGN_SELLERS, SEE_SELLERS

Places = Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=200)]


class Seller(msgspec.Struct, frozen=True):
    """A member of staff as a seller: when `active`, they may sell at `pos_ids`, whose names are `points_of_sale`."""

    user_id: UUID
    name: str
    email: str
    pos_ids: list[UUID]
    points_of_sale: list[str]
    active: bool
    since: datetime


class AssignBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where they sell from now on; what is not named is taken away."""

    pos_ids: Places


class SellersView(NamedListView):
    """List sellers by name."""

    permission = SEE_SELLERS
    answer = Page[Seller]
    list_name = "sellers"

    def ask(self, query: ListQuery, **path: Any) -> Page[Seller]:
        return self.page(query, queries.sellers, lambda s: [s.name, s.email], shown)


class SellerView(QueryView):
    """Show one seller."""

    permission = SEE_SELLERS
    answer = Seller

    def ask(self, query: None, **path: Any) -> Seller:
        return shown(queries.seller(path["user_id"]))


class AssignSellerView(CommandView):
    """Let a member of staff sell at these points of sale and nowhere else."""

    method = "put"
    permission = ASSIGN_SELLERS
    body = AssignBody

    def command(self, body: AssignBody, **path: Any) -> AssignSeller:
        return AssignSeller(user_id=path["user_id"], pos_ids=tuple(body.pos_ids))


class _SwitchSellerView(CommandView):
    permission = ASSIGN_SELLERS
    order: ClassVar[type[ActivateSeller | DeactivateSeller]]

    def command(self, body: None, **path: Any) -> ActivateSeller | DeactivateSeller:
        return self.order(user_id=path["user_id"])


class ActivateSellerView(_SwitchSellerView):
    """Let a seller sell again."""

    order = ActivateSeller


class DeactivateSellerView(_SwitchSellerView):
    """Let a seller sell nowhere."""

    order = DeactivateSeller


def shown(card: queries.SellerCard) -> Seller:
    """A seller as the API shows them."""
    return Seller(
        user_id=card.user_id,
        name=card.name,
        email=card.email,
        pos_ids=list(card.pos_ids),
        points_of_sale=list(card.points_of_sale),
        active=card.active,
        since=card.since,
    )
