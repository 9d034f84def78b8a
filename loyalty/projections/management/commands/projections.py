"""`manage.py projections`: how far each has come, and what stops it."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.eventstore import store
from loyalty.projections.models import Blocked, Checkpoint
from loyalty.projections.projection import PROJECTIONS, TryLater
from loyalty.projections.runner import resume


def _positions() -> dict[tuple[str, int], int]:
    return {(c.projection, c.chunk): c.position for c in Checkpoint.objects.using("projector").all()}


class Command(BaseCommand):
    help = "Lists projections with their lag, their rate and what is blocked; --resume lets a blocked stream go on."

    def add_arguments(self, parser: CommandParser) -> None:
        told = "Try a blocked stream again, as it is listed."
        parser.add_argument("--resume", nargs=3, metavar=("PROJECTION", "TENANT", "KEY"), help=told)
        parser.add_argument("--seconds", type=float, default=1.0, help="How long to watch for the rate.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resume"]:
            self._resume(*options["resume"])
        self._list(options["seconds"])

    def _list(self, seconds: float) -> None:
        earlier, begun = _positions(), time.monotonic()
        time.sleep(seconds)
        top, positions, passed = store.horizon(), _positions(), time.monotonic() - begun
        for name, p in sorted(PROJECTIONS.items()):
            if p.inline:
                self.stdout.write(f"{name:32} inline")
                continue
            for chunk in range(p.chunks):
                at = positions.get((name, chunk), 0)
                rate = (at - earlier.get((name, chunk), 0)) / passed
                self.stdout.write(f"{name:32} chunk {chunk} at {at:,}, behind by {max(top - at, 0):,}, {rate:,.0f} events/s")
        for b in Blocked.objects.using("projector").order_by("since"):
            self.stdout.write(f"BLOCKED {b.projection} tenant {b.tenant_id} key {b.key} at {b.position} ({b.event_name}): {b.error}")

    def _resume(self, name: str, tenant: str, key: str) -> None:
        if name not in PROJECTIONS:
            raise CommandError(f"No projection is named {name}.")
        if not tenant.isdecimal() or not Blocked.objects.using("projector").filter(projection=name, tenant_id=tenant, key=key).exists():
            raise CommandError(f"Nothing of {name} is blocked for tenant {tenant} at key {key}.")
        try:
            goes_on = resume(PROJECTIONS[name], int(tenant), key)
        except TryLater as later:
            raise CommandError(f"Try again later ({later}); the stream stays blocked.") from later
        if not goes_on:
            raise CommandError("The event is poison still; the stream stays blocked.")
        self.stdout.write(f"{name}: {key} goes on.")
