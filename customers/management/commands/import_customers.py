"""`manage.py import_customers FILE`: move customers in from a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from customers.imports import FIELDS, CustomerImporter
from customers.tasks import importer
from loyalty.imports.command import ImportCommand
from loyalty.jobs.work import Work
from pos.queries import place_with_code


class Command(ImportCommand):
    help = "Imports customers from a CSV file (plain or gzip). What nobody knew of who is there already is completed."
    kind = "customers.import_customers"
    fields = FIELDS
    times = ("birth_date",)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--pos", default="", help="Code of the point of sale where they joined.")

    def importer(self, work: Work, params: Mapping[str, Any]) -> CustomerImporter:
        return importer(work, params)

    def params(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"pos_id": str(place_with_code(options["pos"]).pos_id) if options["pos"] else None}
