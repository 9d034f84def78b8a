"""What holds for all purchases of a programme: asked for at every purchase that names its customer by reference."""

from __future__ import annotations

from time import monotonic
from typing import cast

from earning.domain.references import KINDS, ReferenceKind
from earning.models import Programme
from earning.queries.here import tenant_here
from loyalty.tenancy import reading

REMEMBERED_SECONDS = 5.0
_seen: dict[int, tuple[float, tuple[ReferenceKind, ...]]] = {}


def matching_order() -> tuple[ReferenceKind, ...]:
    """By which references purchases are matched, the first one first; asked again after five seconds."""
    tenant_id, now = tenant_here(), monotonic()
    seen = _seen.get(tenant_id)
    if seen is None or seen[0] < now:
        seen = _seen[tenant_id] = (now + REMEMBERED_SECONDS, matching_order_now())
    return seen[1]


def matching_order_now() -> tuple[ReferenceKind, ...]:
    """The same, as it stands."""
    tenant_id = tenant_here()
    with reading(tenant_id):
        kinds = Programme.objects.filter(tenant_id=tenant_id).values_list("matching", flat=True).first()
    return KINDS if kinds is None else cast(tuple[ReferenceKind, ...], tuple(kinds))


def forget_programmes() -> None:
    """Ask for every programme anew, in this process."""
    _seen.clear()
