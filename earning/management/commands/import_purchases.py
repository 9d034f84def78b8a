"""`manage.py import_purchases FILE`: move past purchases in from a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext

from earning.imports import FIELDS, PurchaseImporter
from earning.imports.customers import KINDS
from earning.tasks import importer
from loyalty.domain.errors import NotFound
from loyalty.imports.command import ImportCommand
from loyalty.jobs.work import Work
from pos.queries import SalePlace, all_places, place_with_code


class Command(ImportCommand):
    help = "Imports purchases and returns from a CSV file (plain or gzip). The same file twice changes nothing."
    kind = "earning.import_purchases"
    fields = FIELDS
    times = ("purchased_at",)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--pos", default="", help="Code of the point of sale of the purchases; not needed where there is only one.")
        parser.add_argument("--customer-kind", default="external_id", choices=KINDS, help="What the customer column holds.")
        parser.add_argument(
            "--prices-without-tax", action="store_true", help="Prices do not include tax, where no column says so of a document."
        )
        parser.add_argument(
            "--known-customers-only", action="store_true", help="Refuse purchases of customers whom nobody knows, instead of adding them."
        )

    def importer(self, work: Work, params: Mapping[str, Any]) -> PurchaseImporter:
        return importer(work, params)

    def params(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "pos_id": str(self._place(options["pos"]).pos_id),
            "customer_kind": options["customer_kind"],
            "create_customers": not options["known_customers_only"],
            "prices_without_tax": options["prices_without_tax"],
        }

    def _place(self, code: str) -> SalePlace:
        places = all_places()
        if not code and len(places) == 1:
            return places[0]
        with suppress(NotFound):
            return place_with_code(code)
        if not places:
            raise CommandError(gettext("There is no point of sale yet. Add one in the administration."))
        raise CommandError(
            gettext("Name the point of sale by --pos, one of: %(codes)s.") % {"codes": ", ".join(p.pos_code for p in places)}
        )
