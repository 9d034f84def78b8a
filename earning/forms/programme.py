"""The forms of what holds for all purchases of a programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning.commands import SetExchangeRate, SetMatchingOrder
from earning.domain.references import KINDS
from earning.forms.fields import FROM_NOW, MomentField, RateField
from earning.permissions import EDIT_PROGRAMME
from earning.queries import matching_order_now
from earning.wording import REFERENCES
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS

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
        super().refuse(refusal.at([*again, PLACES[0]][0]))


class ExchangeRateForm(CommandForm):
    """What purchases in another currency count."""

    title = _("Set an exchange rate")
    icon = "currency_exchange"
    permission = EDIT_PROGRAMME
    explanation = _(
        "Purchases in another currency are converted at the rate in force when they were made. "
        "Recorded ones keep their rate, and so do their returns. Of two rates for the same time the one set last counts."
    )
    done = _("The exchange rate is set.")

    currency = forms.ChoiceField(label=_("Currency"))
    rate = RateField(label=_("Rate"))
    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.tenant.currency
        self.fields["currency"].choices = [(code, code) for code in EXPONENTS if code != home]  # type: ignore[attr-defined]
        self.fields["rate"].help_text = gettext("So many %(currency)s for one unit of it, such as 25400 or 0.25.") % {"currency": home}

    def command(self) -> SetExchangeRate:
        told = self.cleaned_data
        return SetExchangeRate(currency=told["currency"], rate=told["rate"], into=self.tenant.currency, effective_at=told["effective_at"])
