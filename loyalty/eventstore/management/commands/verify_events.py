from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.eventstore.verify import verify

SHOWN = 100


class Command(BaseCommand):
    help = "Proves that the log is what was written: changed, missing, moved and added events, cut tails and forged heads are found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchors", type=Path, metavar="FILE", help="the anchors outside the database (LOYALTY_ANCHOR_FILE)")
        parser.add_argument("--using", default="projector", help="database alias; its role must see all tenants")

    def handle(self, *args: Any, anchors: Path | None, using: str, **options: Any) -> None:
        if anchors is not None and not anchors.is_file():
            raise CommandError(f"There is no file {anchors}.")
        problems = 0
        for problem in islice(verify(anchors=anchors, using=using, progress=self._progress), SHOWN):
            problems += 1
            self.stdout.write(str(problem))
        if problems:
            raise CommandError(f"The log is not what was written: {'at least ' * (problems == SHOWN)}{problems} problems.")
        self.stdout.write("The log is what was written.")

    def _progress(self, done: int, top: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {top:,}", ending="" if done < top else "\n")
