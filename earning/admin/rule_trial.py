"""The form that tries a rule on a customer and a basket: what it would give, and what all rules together; nothing is written."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.permissions import SEE as SEE_CUSTOMERS
from earning import queries
from earning.admin.explained import explained_rules
from earning.commands import RecordPurchase
from earning.forms import referred
from earning.forms.purchases import RecordPurchaseForm
from earning.models import Rule
from earning.permissions import EDIT_RULES
from earning.units import phrase
from earning.wording import WHY_NOTHING
from pos.queries import SalePlace, online_place, sale_place


class TryRuleForm(RecordPurchaseForm):
    """Try a rule. It is read-only: to carry it out is to look."""

    title = _("Try it")
    permission = EDIT_RULES
    icon = "experiment"
    submit = _("Try it")
    template = "earning/admin/rule_try.html"
    live = "earning/admin/rule_tried.html"
    explanation = _("What the rule would give for a purchase, also while it is a draft. Nothing is recorded.")
    shows = True
    sections = [(_("Purchase"), ["customer", "place", "purchased_at", "payment_method", "labels", "total"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("document_number", "prices_include_tax", *referred.FIELDS):
            self.fields.pop(name, None)
        self.fields["customer"].help_text = _("Phone, card, code or name. Leave it empty for somebody without a level.")
        self.fields["customer"].widget.attrs.pop("autofocus", None)
        if not self.principal.may(SEE_CUSTOMERS):
            del self.fields["customer"]
            self.sections = [(title, [name for name in names if name != "customer"]) for title, names in self.sections]  # type: ignore[misc]

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.kind != "custom_event"

    @property
    def anywhere(self) -> bool:
        return True

    def sold_at(self, pos_id: str, merchant_id: UUID | None) -> SalePlace:
        return online_place(merchant_id) if merchant_id else sale_place(UUID(pos_id))

    def command(self) -> RecordPurchase:
        at = self.cleaned_data["purchased_at"] or timezone.now()
        self.cleaned_data |= {"document_number": "–", "prices_include_tax": "", "purchased_at": at}
        return super().command()

    @cached_property
    def tried(self) -> dict[str, Any] | None:
        """What came of it, for the page: points and tables; None as long as something is missing."""
        if not self.is_bound or not self.is_valid():
            return None
        found = queries.trial(self.subject.id, self.command())
        unit = queries.wallets_here().unit(found.wallet)
        return {
            "points": {name: phrase(unit, getattr(found, name), self._language()) for name in ("own", "all", "without")},
            "explained": explained_rules(found),
            "levels": ", ".join(queries.level_names(found.foreseen.levels, timezone.now())) if found.foreseen else "",
            "ahead": queries.said_ahead(found.foreseen, timezone.now()),
            "inactive": "" if found.earns else WHY_NOTHING["inactive"],
        }

    def prepare(self) -> None:
        self.found = self.tried

    def carry_out(self) -> dict[str, Any] | None:
        return self.found
