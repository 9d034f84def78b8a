"""`manage.py seed_demo`: a lively demo, made by the same commands as everybody uses."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from loyalty.projections.runner import project_all
from pos.demo.seed import Seeder
from pos.demo.world import PROGRAMMES


class Command(BaseCommand):
    help = "Fills an empty database with the demo: two programmes, their shops, staff and customers, ninety days of purchases."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.LOYALTY_MODE == "production":
            raise CommandError("The demo has known passwords: it is not made in production.")
        started = monotonic()
        seeders = [Seeder(programme, datetime.now(UTC), self.stdout.write) for programme in PROGRAMMES]
        if all(seeder.is_done() for seeder in seeders):
            self.stdout.write("The demo is there already.")
            return
        for seeder in seeders:
            made, programme = seeder.run(), seeder.programme
            self.stdout.write(f"{programme.name}: {made.customers} customers, {made.purchases:,} purchases, {made.returns} returns")
        self.stdout.write("Projections follow …")
        project_all()
        self.stdout.write(f"The demo is ready after {monotonic() - started:.0f} s.")
