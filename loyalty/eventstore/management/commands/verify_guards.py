from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.guards import CHECKS, disagreements

SHOWN = 100


class Command(BaseCommand):
    help = "Proves that guards (who holds which phone or card, what is used of limits) say what the log says; commands go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--using", default="owner", help="database alias; its role must see all tenants")

    def handle(self, *args: Any, using: str, **options: Any) -> None:
        problems = 0
        for name, problem in islice(disagreements(using=using), SHOWN):
            problems += 1
            self.stdout.write(f"{name}: {problem}")
        if problems:
            raise CommandError(f"Guards and log disagree: {'at least ' * (problems == SHOWN)}{problems} problems.")
        self.stdout.write(f"The guards say what the log says ({', '.join(sorted(CHECKS))}).")
