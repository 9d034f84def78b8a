"""`manage.py project`: keep every projection level with the log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loyalty.projections.projector import Projector
from loyalty.projections.runner import project_all
from loyalty.tenancy.checks import refuse_unsafe_start


class Command(BaseCommand):
    help = "Follows the event log and keeps every projection level with it. Several may run; they share the work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop when every projection is level.")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_start("projector")
        if options["once"]:
            project_all()
            return
        self.stdout.write("Projector follows the event log.")
        Projector(self.stdout.write).run()
        self.stdout.write("Projector stopped.")
