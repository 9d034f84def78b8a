"""What both lists of webhooks show alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.webhooks.event_types import EVENT_TYPES, TEST
from loyalty.webhooks.permissions import SEE_WEBHOOKS

NOTHING = "–"


class WebhookAdmin(ReadModelAdmin):
    """What both lists share: plain tables without a stream, times on the clock of the programme."""

    permission = SEE_WEBHOOKS

    def streams(self, row: Any) -> Sequence[UUID]:
        return []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return list(self.fields or ())


def title_of(name: str) -> str:
    """What people call an event type."""
    return str(_("Test")) if name == TEST else str(EVENT_TYPES[name].title) if name in EVENT_TYPES else name


def moment(row: Any, field: str) -> str:
    at = getattr(row, field)
    return clock(row.tenant_id, at) if at else NOTHING


def clock(tenant_id: int, at: datetime) -> str:
    return formats.day_and_clock(at, tenant_of_id(tenant_id).zone, get_language() or formats.FALLBACK)
