"""`manage.py demo_accounts`: where to click in the demo, and as whom."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pos.demo.world import PASSWORD, POD_LIPA, SEN_VANG


class Command(BaseCommand):
    help = "Prints the addresses and log-ins of the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, **options: Any) -> None:
        here, lipa = f"http://localhost:{options['port']}", f"http://{POD_LIPA.hosts[0]}:{options['port']}"
        self.stdout.write(f"\n  {SEN_VANG.name} (vi)        password for all: {PASSWORD}")
        self.stdout.write(f"    till     {here}/till/       seller@senvang.example")
        self.stdout.write(f"    admin    {here}/admin/      admin@senvang.example, marketing@senvang.example")
        self.stdout.write(f"    API      {here}/api/docs/")
        self.stdout.write(f"  {POD_LIPA.name} (pl)")
        self.stdout.write(f"    till     {lipa}/till/    sprzedaz@podlipa.example")
        self.stdout.write(f"    admin    {lipa}/admin/   admin@podlipa.example\n")
