"""A context of one aggregate to try the API on: a box that holds up to 1,000 things."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty import urls as project
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.serializers import StrictSerializer
from loyalty.api.views import CommandView, QueryView, endpoint
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.command import Command, command
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.event import event
from loyalty.domain.identity import derived_id
from loyalty.messages import refusals
from loyalty.staff.permissions import permission

FILL = permission("toy_box.fill", _("Fill boxes"), starter=("seller",))
LOOK = permission("toy_box.look", _("Look into boxes"), starter=("seller", "marketer"))
refusals.register_all(
    {
        "toy_box.full": _("The box has room for %(room)s more."),
        "toy_box.unknown": _("There is no such box."),
        "toy_box.sealed": _("The box is sealed."),
    }
)


@event("toy_box.filled")
class BoxFilled:
    """Things were put into a box."""

    box_id: UUID
    things: int


class Box(Aggregate):
    stream = "toy_box"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.things = 0

    def fill(self, things: int) -> None:
        if self.things + things > 1000:
            raise DomainError("toy_box.full", field="things", room=1000 - self.things)
        self.record(BoxFilled(box_id=self.id, things=things))

    def evolve(self, event: BoxFilled) -> None:
        self.things += event.things


@command
class FillBox(Command[int]):
    box_id: UUID
    things: int
    slowly: float = 0.0


@handles(FillBox, streams=lambda c, _: [StreamRef(Box, c.box_id)])
def fill_box(order: FillBox, unit: Unit) -> int:
    box = unit.load(Box, order.box_id)
    time.sleep(order.slowly)
    if order.things == 404:
        raise NotFound("toy_box.unknown")
    if order.things == 409:
        raise Conflict("toy_box.sealed")
    if order.things == 500:
        raise RuntimeError("a fault that names +84912345678")
    box.fill(order.things)
    return box.things


def box_id(tenant_id: int, name: str) -> UUID:
    return derived_id("toy_box", tenant_id, name)


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    price: Decimal | None = None


class FillBody(msgspec.Struct, forbid_unknown_fields=True):
    things: Annotated[int, msgspec.Meta(ge=1)]
    slowly: float = 0.0
    lines: list[Thing] = []
    by: UUID | None = None


class Filled(msgspec.Struct):
    things: int


class FillView(CommandView):
    """Put things into a box."""

    permission = FILL
    body = FillBody
    answer = Filled
    status = 201
    dry_runs = True

    def command(self, body: FillBody, **path: Any) -> FillBox:
        return FillBox(box_id=box_id(self.tenant.id, path["name"]), things=body.things, slowly=body.slowly)

    def present(self, result: int) -> Any:
        return Filled(result)


class FillSerializer(StrictSerializer):
    things = serializers.IntegerField(min_value=1, max_value=10**15)
    color = serializers.ChoiceField(["red", "blue"], required=False)


class SlowFillView(FillView):
    """The same by a serializer."""

    body = FillSerializer
    method = "put"

    def command(self, body: dict[str, Any], **path: Any) -> FillBox:
        return FillBox(box_id=box_id(self.tenant.id, path["name"]), things=body["things"])


class FillUpView(FillView):
    """Put the last three things into a box: there is nothing to say about it."""

    body = None

    def command(self, body: None, **path: Any) -> FillBox:
        return FillBox(box_id=box_id(self.tenant.id, path["name"]), things=3)


class NumbersQuery(msgspec.Struct):
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10
    cursor: str | None = None
    text: str = ""


class NumbersView(QueryView):
    """Count."""

    permission = LOOK
    query = NumbersQuery
    answer = Page[int]

    def ask(self, query: NumbersQuery, **path: Any) -> Page[int]:
        after = opened_cursor(query.cursor, self.tenant.id, "numbers") or 0
        numbers = list(range(after + 1, after + query.limit + 1))
        return Page(numbers, sealed_cursor(numbers[-1], self.tenant.id, "numbers") if numbers[-1] < 30 else None)


class BrokenView(QueryView):
    """Breaks."""

    permission = LOOK

    def ask(self, query: None, **path: Any) -> Any:
        raise RuntimeError("a fault that names +84912345678")


class UnguardedView(QueryView):
    """Names no permission, so nobody may call it."""

    def ask(self, query: None, **path: Any) -> Any:
        return {}


handler400, handler403, handler404, handler500 = project.handler400, project.handler403, project.handler404, project.handler500
urlpatterns = [
    path("api/v1/toy/boxes/<str:name>", endpoint(post=FillView, put=SlowFillView, get=NumbersView)),
    path("api/v1/toy/boxes/<str:name>/up", endpoint(post=FillUpView)),
    path("api/v1/toy/broken", BrokenView.as_view()),
    path("api/v1/toy/unguarded", UnguardedView.as_view()),
    *project.urlpatterns,
]
