"""The form that says by which references customers of purchases are found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from earning.commands import SetMatchingOrder
from earning.domain.references import KINDS
from earning.permissions import EDIT_PROGRAMME
from earning.queries import matching_order_now
from earning.wording import REFERENCES
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError

PLACES = [f"place_{n}" for n in range(1, len(KINDS) + 1)]


class MatchingForm(CommandForm):
    """One place in the order for each kind of reference; the last ones may stay empty."""

    title = _("Matching to customers")
    icon = "join_inner"
    permission = EDIT_PROGRAMME
    explanation = _(
        "Programs send purchases with what the document says of the customer. It is tried in this order; the first that finds "
        "somebody counts. What is left out is not tried. A purchase that finds nobody waits 24 months for its customer."
    )
    done = _("Purchases are matched in this order from now on.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(PLACES, 1):
            choices = [("", "–"), *REFERENCES.items()]
            self.add_field(name, forms.ChoiceField(label=format_lazy("{}.", number), choices=choices, required=False))

    def initial_values(self) -> dict[str, Any]:
        return dict(zip(PLACES, matching_order_now(), strict=False))

    def command(self) -> SetMatchingOrder:
        return SetMatchingOrder(kinds=tuple(self.cleaned_data[name] for name in PLACES if self.cleaned_data[name]))

    def refuse(self, refusal: DomainError) -> None:
        """At the first place for an empty order, at the second of two that are alike."""
        chosen = [self.cleaned_data[name] for name in PLACES]
        again = [name for n, name in enumerate(PLACES) if chosen[n] and chosen[n] in chosen[:n]]
        super().refuse(DomainError(refusal.code, field=[*again, PLACES[0]][0], **refusal.params))
