"""`manage.py project`: keep every projection level with the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loyalty.exposition import answer_at
from loyalty.projections.projector import Projector
from loyalty.projections.runner import project_all
from loyalty.tenancy.checks import refuse_unsafe_start


class Command(BaseCommand):
    help = "Follows the event log and keeps every projection level with it. Several may run; they share the work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop when every projection is level.")
        parser.add_argument(
            "--heartbeat", type=Path, metavar="FILE", help="Touch this file whenever there was an answer to a call for work."
        )
        parser.add_argument("--metrics", metavar="HOST:PORT", help="Answer Prometheus here; give it to one process only.")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_start("projector")
        if options["once"]:
            project_all()
            return
        if options["metrics"]:
            answer_at(options["metrics"])
        self.stdout.write("Projector follows the event log.")
        Projector(self.stdout.write, options["heartbeat"]).run()
        self.stdout.write("Projector stopped.")
