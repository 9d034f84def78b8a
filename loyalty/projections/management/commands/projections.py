"""`manage.py projections`: how far each has come, and what stops it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.eventstore import store
from loyalty.projections.models import Blocked, Checkpoint
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import resume


class Command(BaseCommand):
    help = "Lists projections with their lag and what is blocked; --resume lets a blocked stream go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", nargs=3, metavar=("PROJECTION", "TENANT", "KEY"), help="Try a blocked stream again.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resume"]:
            self._resume(*options["resume"])
        self._list()

    def _list(self) -> None:
        top = store.horizon()
        checkpoints = {(c.projection, c.chunk): c for c in Checkpoint.objects.using("projector").all()}
        for name, p in sorted(PROJECTIONS.items()):
            if p.inline:
                self.stdout.write(f"{name:32} inline")
                continue
            for chunk in range(p.chunks):
                c = checkpoints.get((name, chunk))
                at = c.position if c else 0
                self.stdout.write(f"{name:32} chunk {chunk} at {at:,}, behind by {max(top - at, 0):,}")
        for b in Blocked.objects.using("projector").order_by("since"):
            self.stdout.write(f"BLOCKED {b.projection} tenant {b.tenant_id} key {b.key} at {b.position} ({b.event_name}): {b.error}")

    def _resume(self, name: str, tenant: str, key: str) -> None:
        if name not in PROJECTIONS:
            raise CommandError(f"No projection is named {name}.")
        if not resume(PROJECTIONS[name], int(tenant), key):
            raise CommandError("The event is poison still; the stream stays blocked.")
        self.stdout.write(f"{name}: {key} goes on.")
