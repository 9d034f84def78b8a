from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from loyalty.eventstore.anchors import AnchorsDisagree, make_anchors, write_down


class Command(BaseCommand):
    help = "Anchors the log: writes what it is now to a table, and to the file in LOYALTY_ANCHOR_FILE. Run it each minute."

    def handle(self, *args: Any, **options: Any) -> None:
        events = make_anchors()
        if settings.LOYALTY_ANCHOR_FILE:
            try:
                write_down(Path(settings.LOYALTY_ANCHOR_FILE))
            except AnchorsDisagree as disagree:
                raise CommandError(f"{disagree}. Run verify_events --anchors with that file.") from disagree
        self.stdout.write(f"{events} events anchored.")
