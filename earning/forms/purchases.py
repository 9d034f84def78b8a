"""The form that records a purchase in the administration, as somebody reads it off a receipt."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from customers.queries import CustomerCard, customer
from earning import queries
from earning.access import merchants_seen, own_places, place_named
from earning.commands import Line, PurchaseAnswer, RecordPurchase
from earning.domain.document import LONGEST_NUMBER
from earning.domain.purchase_checks import LONGEST_METHOD
from earning.domain.references import Reference, ReferenceKind
from earning.forms import buyer, referred
from earning.forms import lines as rows
from earning.forms.brought import said_brought
from earning.forms.fields import MomentField
from earning.permissions import DATE_BACK, RECORD, RECORD_ANYWHERE, SEE_PURCHASES
from earning.references import holder_of
from earning.versions import at_its_time, versions
from loyalty.admin.forms import CommandForm
from loyalty.admin.groups import FieldGroup, grouped
from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.house.fields import AmountField, CurrencyField
from loyalty.house.labels import WRITTEN_SO, LabelsField
from loyalty.messages.refusals import message
from pos.queries import SalePlace, all_places, merchants

ONLINE = "online:"
"""Before the id of a merchant: a sale at none of its places."""
MOST_MERCHANTS = 200
SHOWN_AT = {"customer_id": "customer", "pos": "place", "pos_id": "place", "merchant_id": "place"}
"""Which field of the form shows a refusal about a fact of the command that has another name."""


class RecordPurchaseForm(CommandForm):
    """Record a purchase by hand: by its total, or line by line."""

    title = _("Add purchase")
    permission = RECORD
    icon = "add_shopping_cart"
    submit = _("Record purchase")
    template = "earning/admin/record_purchase.html"
    sections = [
        (_("Customer"), ["customer", *referred.FIELDS]),
        (_("Document"), ["place", "document_number", "purchased_at", "payment_method", "labels", "prices_include_tax"]),
        (_("Worth"), ["total"]),
    ]
    behind = [
        (_("What the receipt says of the customer"), _("Whoever turns up with it within 24 months gets the purchase."), [*referred.FIELDS]),
        (_("More of the document"), "", ["labels", "prices_include_tax"]),
    ]

    customer = forms.CharField(
        label=_("Customer"),
        max_length=200,
        required=False,
        help_text=_("Phone, card, code or name. Leave it empty for a purchase without a customer: it earns nothing."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    place = forms.ChoiceField(label=_("Point of sale"))
    document_number = forms.CharField(
        label=_("Document number"), max_length=LONGEST_NUMBER, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    purchased_at = MomentField(label=_("Date and time"), help_text=_("Leave it empty for now."), widget=forms.DateTimeInput)
    payment_method = forms.CharField(label=_("Payment method"), max_length=LONGEST_METHOD, required=False)
    labels = LabelsField(label=_("Labels"), help_text=WRITTEN_SO)
    prices_include_tax = forms.ChoiceField(
        label=_("Prices include tax"), choices=[("yes", _("yes")), ("no", _("no"))], initial="yes", required=False
    )
    total = AmountField(label=_("Total"), required=False, zero=True, help_text=_("With lines it may stay empty: then it is their sum."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self._currency()
        """In which amounts are typed."""
        self.card: CustomerCard | None = None
        self.proposed: list[CustomerCard] = []
        self.references: tuple[Reference, ...] = ()
        self.matched_by: ReferenceKind | None = None
        self.lines: dict[int, Line] = {}
        """By the row that holds them."""
        self.sent = rows.ROWS.sent(self.data)
        self.fields["place"].choices = [("", gettext("Choose …")), *self._places()]  # type: ignore[attr-defined]
        self.fields["total"].use(self.currency)  # type: ignore[attr-defined]
        for name, field in referred.fields().items():
            self.add_field(name, field)
        self.sections = [(title, [name for name in names if name in self.fields]) for title, names in self.sections]  # type: ignore[misc]
        if "currency" not in self.fields:
            self.fields["total"].label = f"{self.fields['total'].label} ({self.currency})"
        for row in range(rows.ROWS.shown(self.sent)):
            for name, field in rows.fields(self.currency).items():
                self.add_field(rows.ROWS.field(row, name), field)

    def line_rows(self) -> list[FieldGroup]:
        """The fields of each row, for the template."""
        shown = range(rows.ROWS.shown(self.sent))
        return [grouped("", [self[rows.ROWS.field(row, name)] for name in rows.HELD], [self._rare_of(row)]) for row in shown]

    @property
    def most_lines(self) -> int:
        return rows.ROWS.most

    # -- what was entered -------------------------------------------------------------------------

    def clean_customer(self) -> str:
        """One customer, or everybody whom it may be, to choose from."""
        typed: str = self.cleaned_data["customer"].strip()
        if not typed:
            return typed
        certain, hits = buyer.meant(typed)
        chosen = [hit for hit in hits if str(hit.id) == self.data.get("buyer")]
        self.card = certain or (chosen[0] if chosen else None)
        if not hits:
            raise ValidationError(message(DomainError("earning.customer_unknown")))
        self.proposed = hits if certain is None else []
        if self.card is None:
            raise ValidationError(gettext("It is not certain who is meant. Choose the customer below, or type a phone, card or code."))
        return typed

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if self.proposed:
            self._offer(self.proposed)
        self._refer(told)
        if self.sent > rows.ROWS.most:
            raise ValidationError(message(DomainError("earning.too_many_lines", most=rows.ROWS.most)))
        for row, held in rows.ROWS.filled(told, self.sent, rows.HELD):
            if held["total"] is not None:
                self.lines[row] = rows.line_of(held)
            elif f"lines_{row}_total" not in self.errors:
                self.add_error(f"lines_{row}_total", _("Enter the amount of this line."))
        if not any(name == "total" or name.startswith("lines_") for name in self.errors):
            self._check_total(told)
        return told

    def _refer(self, told: dict[str, Any]) -> None:
        """The customer whom the receipt names, where nobody named one."""
        if not (named := referred.typed_in(told)):
            return
        self.references, wrong = referred.given(told)
        for name, error in wrong.items():
            self.add_error(name, error)
        if told.get("customer"):
            self.add_error(named[0], message(DomainError("earning.customer_named_twice")))
        elif found := holder_of(self.references):
            self.matched_by, self.card = found[0], customer(found[1])

    def _check_total(self, told: dict[str, Any]) -> None:
        """Total and lines say the same, or one of them says it alone."""
        total, found = told.get("total"), sum(line.total for line in self.lines.values())
        if not self.lines and not total:
            self.add_error("total", _("Enter the total, or the lines."))
        elif self.lines and total not in {None, found}:
            shown = {"lines": self._money(found), "total": self._money(total)}
            self.add_error("total", message(DomainError("earning.total_differs", **shown)))
        elif self.lines:
            told["total"] = found

    @property
    def anywhere(self) -> bool:
        """Whether all places can be chosen."""
        return self.principal.may(RECORD_ANYWHERE)

    def sold_at(self, pos_id: str, merchant_id: UUID | None) -> SalePlace:
        """The place that was chosen."""
        return place_named(self.principal, pos_id, merchant_id)

    # -- what becomes of it -----------------------------------------------------------------------

    def command(self) -> RecordPurchase:
        told = self.cleaned_data
        where = told["place"]
        online = where.startswith(ONLINE)
        place = self.sold_at("" if online else where, UUID(where.removeprefix(ONLINE)) if online else None)
        return RecordPurchase(
            customer_id=self.card.side if self.card else None,
            merchant_id=place.merchant_id,
            pos_id=place.pos_id,
            document_scope=place.document_scope,
            document_number=told["document_number"],
            purchased_at=told["purchased_at"] or timezone.now(),
            zone=place.zone,
            currency=self.currency,
            home_currency=place.currency,
            total=told["total"],
            lines=tuple(self.lines.values()) or (Line(total=told["total"]),),
            labels=told["labels"],
            prices_include_tax=told["prices_include_tax"] != "no",
            payment_method=told["payment_method"],
            references=self.references,
            matched_by=self.matched_by,
            may_date_back=self.principal.may(DATE_BACK),
        )

    def carry_out(self) -> Any:
        """A document that was recorded before answers as then, whenever it is typed again without its time."""
        try:
            return super().carry_out()
        except DomainError as refusal:
            before = None if self.cleaned_data["purchased_at"] else at_its_time(cast(RecordPurchase, self.prepared), refusal)
            if before is None:
                raise
        self.prepared = before
        return super().carry_out()

    def refuse(self, refusal: DomainError) -> None:
        """A refusal about a line appears at its row."""
        field = refusal.field or ""
        if field.startswith("lines."):
            _lines, number, name = field.split(".", 2)
            row = list(self.lines)[int(number)] if self.lines else None
            field = "total" if row is None else f"lines_{row}_{name}"
        field = SHOWN_AT.get(field, field)
        self.add_error(field if field in self.fields else None, self.said(refusal))
        for version in versions(refusal, self.tenant):
            self.add_error("document_number", version)

    def confirm(self, result: PurchaseAnswer) -> str:
        told = {"document": self.cleaned_data["document_number"], "amount": self._worth(result)}
        if result.duplicate:
            return gettext("%(document)s was recorded before, and stays as it is.") % told
        if self.card is None:
            if self.references:
                return gettext("%(document)s is recorded: %(amount)s. It waits for the customer whom the receipt names.") % told
            return gettext("%(document)s is recorded: %(amount)s, without a customer.") % told
        told |= {"customer": self.card.name, "points": said_brought(result, self.tenant.id)}
        said = gettext("%(document)s is recorded: %(amount)s and %(points)s for %(customer)s.") % told
        found_by = queries.said_found_by(self.matched_by)
        return f"{said} {gettext('Customer found by: %(reference)s.') % {'reference': found_by}}" if found_by else said

    def next_url(self, result: PurchaseAnswer) -> str:
        """The purchase, for those who may see it."""
        seen, made = merchants_seen(self.principal), cast(RecordPurchase, self.prepared)
        if self.principal.may(SEE_PURCHASES) and (seen is None or made.merchant_id in seen):
            return reverse("admin:earning_purchase_change", args=[result.purchase_id])
        return reverse("admin:earning_purchase_add-purchase")

    # -- inside -----------------------------------------------------------------------------------

    @staticmethod
    def _rare_of(row: int) -> tuple[Any, Any, list[str]]:
        return _("More of this line"), "", [rows.ROWS.field(row, name) for name in rows.RARE]

    def _currency(self) -> str:
        """The one that was chosen; there is a choice where another one has a rate."""
        home = self.tenant.currency
        if not (others := queries.other_currencies()):
            return home
        help_text = gettext("Another one counts at the rate in force at the time of the purchase.")
        field = CurrencyField(home=home, others=others, label=_("Currency"), help_text=help_text)
        self.add_field("currency", field)
        self.sections = [(title, ["currency", *names] if "total" in names else names) for title, names in self.sections]  # type: ignore[misc]
        return field.meant(self.data.get("currency"))

    def _offer(self, hits: list[CustomerCard]) -> None:
        """Put the customers to choose from below what was typed."""
        choices = [(str(hit.id), buyer.described(hit)) for hit in hits]
        self.add_field("buyer", forms.ChoiceField(label=_("Who is it?"), choices=choices, required=False, widget=forms.RadioSelect))
        self.sections = [(title, [*names, "buyer"] if "customer" in names else names) for title, names in self.sections]  # type: ignore[misc]

    def _places(self) -> list[tuple[str, str]]:
        """The own places; with the right to record anywhere all of them, and each merchant's sales at no place."""
        places = all_places() if self.anywhere else own_places(self.principal)
        found = [(str(p.pos_id), f"{p.merchant_name} · {p.pos_name}") for p in places]
        selling = [m for m in merchants(limit=MOST_MERCHANTS) if m.active] if self.anywhere else []
        return [*found, *((f"{ONLINE}{m.merchant_id}", f"{m.name} · {gettext('Online')}") for m in selling)]

    def _money(self, minor: int) -> str:
        return formats.money(minor, self.currency, self._language())

    def _worth(self, result: PurchaseAnswer) -> str:
        """The total, and what it counts where that is another currency."""
        total, made = self._money(self.cleaned_data["total"]), result.exchange
        return f"{total} (= {formats.money(made.total, made.currency, self._language())})" if made else total

    @staticmethod
    def _language() -> str:
        return get_language() or formats.FALLBACK
