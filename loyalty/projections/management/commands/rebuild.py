"""`manage.py rebuild`: make read models anew from the log, beside the old ones, while sales go on."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.projections.projection import PROJECTIONS, Follower, Projection
from loyalty.projections.rebuild import Poisoned, rebuild
from loyalty.projections.runner import restart


class Command(BaseCommand):
    help = "Rebuilds read models from the first event on and swaps them in when they are level with the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="Projections to rebuild; none: all of them.")
        parser.add_argument("--batch", type=int, default=1000, help="Events per batch.")
        parser.add_argument("--compare", action="store_true", help="Swap nothing; say whether the new tables equal the old.")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = [n for n in options["names"] if n not in PROJECTIONS]
        if unknown:
            raise CommandError(f"No projection is named {', '.join(unknown)}. There are: {', '.join(sorted(PROJECTIONS))}.")
        if options["batch"] < 1:
            raise CommandError("--batch takes a whole number from 1 on.")
        same = [self._one(PROJECTIONS[n], options) for n in options["names"] or sorted(PROJECTIONS)]
        if options["compare"] and not all(same):
            raise CommandError("A read model differs from what its events say.")

    def _one(self, projection: Projection, options: dict[str, Any]) -> bool:
        started = monotonic()
        if isinstance(projection, Follower):
            restart(projection)
            self.stdout.write(f"{projection.name}: the projector writes it anew from the first event on")
            return True
        try:
            made = rebuild(projection, batch=options["batch"], swap=not options["compare"], progress=self._progress(projection))
        except Poisoned as poison:
            raise CommandError(f"{poison}. Nothing was swapped.") from poison
        rate = made.events / max(monotonic() - started, 0.001)
        self.stdout.write(f"\r{projection.name}: {made.events:,} events, {rate:,.0f}/s, level at position {made.position:,}")
        for table, digest in made.checksums.items():
            self.stdout.write(f"  {table} {digest[:16]} {'equal' if made.live[table] == digest else 'DIFFERENT'}")
        return made.live == made.checksums

    def _progress(self, projection: Projection) -> Any:
        return lambda done, top: self.stdout.write(f"\r{projection.name}: {100 * done // max(top, 1)} %", ending="")
