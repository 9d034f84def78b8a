from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loyalty.eventstore.partitions import AHEAD, add_partitions


class Command(BaseCommand):
    help = "Makes the next partitions of the log ahead of need. Harmless to repeat; `migrate` does it too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--ahead", type=int, default=AHEAD, help="how many partitions beyond the one that is written (50 million events each)"
        )

    def handle(self, *args: Any, ahead: int, **options: Any) -> None:
        self.stdout.write(f"{add_partitions(ahead, using='default')} partitions made.")
