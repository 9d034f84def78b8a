"""The forms of wallets in the administration."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from earning import queries
from earning.commands import ConfigureWallet, Expiry, Limit, UnitName, WalletTerms
from earning.domain.limits import MOST_LIMITS
from earning.domain.wallets import LANGUAGES, LONGEST_UNIT
from earning.forms.accounts import smallest_units
from earning.forms.fields import MomentField, NumberField, as_typed
from earning.kinds.scopes import WHOSE
from earning.models import Wallet
from earning.permissions import EDIT_WALLETS
from loyalty.admin.forms import CommandForm
from loyalty.admin.groups import FieldGroup
from loyalty.admin.rows import LACKING, NOTHING, NOTHING_CHOSEN, Rows
from loyalty.domain.errors import DomainError
from loyalty.house.periods import PERIODS
from loyalty.messages.refusals import message

EXPIRIES = [
    ("never", _("Never")),
    ("after_days", _("A number of days after they became active")),
    ("month_end", _("At the end of the month")),
    ("quarter_end", _("At the end of the quarter")),
    ("year_end", _("At the end of the year")),
    ("yearly", _("On a fixed day of the year")),
    ("rolling", _("A number of months after the customer was last active")),
]
OF_KINDS = {"after_days": ["days"], "rolling": ["months"], "yearly": ["day", "month"]}
"""What else is asked for a kind of expiry: a page shows these fields for it alone."""
OVERDRAFTS = [
    ("negative", _("The balance goes below zero")),
    ("debt", _("A debt stands beside the balance; later points pay it first")),
    ("waive", _("The missing points are let go")),
]
NUMBERS = ("days", "months", "month", "day", "grace_days", "pending_days", "warn_days", "restored_days", "transfers_per_day")
UNITS = [f"unit_{language}_{form}" for language in LANGUAGES for form in ("singular", "plural")]


def name_field(label: Any, *, required: bool = True) -> forms.CharField:
    """A field for what a unit is called."""
    return forms.CharField(label=label, max_length=LONGEST_UNIT, required=required)


def number_field(label: Any, help_text: Any = "", initial: int | None = 0) -> forms.IntegerField:
    """A whole number; nothing means none."""
    return forms.IntegerField(label=label, help_text=help_text, initial=initial, required=False, min_value=0)


LIMITS = Rows(name="limits", told=("most", "whose"), most=MOST_LIMITS)
SHOWN_AT = {"limits": LIMITS.field(0, "most")}
"""The field of the form that shows a refusal of a part of the terms."""


def limit_fields() -> dict[str, forms.Field]:
    """The fields of a limit."""
    return {
        "most": NumberField(label=_("At most"), required=False),
        "whose": forms.ChoiceField(label=_("For whom"), choices=[("", NOTHING_CHOSEN), *WHOSE.items()], required=False),
        "period": forms.ChoiceField(label=pgettext_lazy("limit", "In"), choices=list(PERIODS.items()), required=False),
    }


def whole_units(amount: int, decimals: int) -> Decimal:
    """So many of the smallest unit of a wallet."""
    return Decimal(amount).scaleb(-decimals)


class WalletForm(CommandForm):
    """What the pages that set a wallet up and change its terms share."""

    template = "earning/admin/wallet_form.html"
    permission = EDIT_WALLETS
    sections = [
        (_("Names of a unit"), [*UNITS, "unit_pl_few"]),
        (_("Expiry"), ["kind", "days", "months", "day", "month", "grace_days", "warn_days"]),
        (_("Rules of the wallet"), ["pending_days", "overdraft", "approval_above", "restored_days", "transfers_per_day"]),
        (_("Begin"), ["effective_at"]),
    ]

    unit_vi_singular = name_field(_("Vietnamese, one"))
    unit_vi_plural = name_field(_("Vietnamese, many"))
    unit_en_singular = name_field(_("English, one"))
    unit_en_plural = name_field(_("English, many"))
    unit_pl_singular = name_field(_("Polish, one"))
    unit_pl_plural = name_field(_("Polish, many"))
    unit_pl_few = name_field(_("Polish, two to four"), required=False)
    kind = forms.ChoiceField(label=_("When points end"), choices=EXPIRIES)
    days = number_field(_("Days"), _("For a number of days."), None)
    months = number_field(_("Months"), _("For a number of months."), None)
    day = number_field(_("Day"), _("For a fixed day of the year."), None)
    month = number_field(_("Month"), _("For a fixed day of the year."), None)
    grace_days = number_field(_("Days of grace"), _("So many days longer can they be spent."))
    warn_days = number_field(_("Tell the customer so many days before"), _("0: the customer is not told."))
    pending_days = number_field(_("Days until points can be spent"), _("0: at once."))
    overdraft = forms.ChoiceField(label=_("When goods come back whose points were spent"), choices=OVERDRAFTS)
    approval_above = NumberField(
        label=_("A correction above so many points needs a second person"),
        required=False,
        help_text=_(
            "In the unit of the wallet. The corrections of an account by one person within 24 hours count together. "
            "Leave it empty for none."
        ),
    )
    restored_days = number_field(_("Days that points live at least which are given back"), initial=30)
    transfers_per_day = number_field(_("How often a day a customer may pass points on"), initial=5)
    effective_at = MomentField(
        label=_("In effect from"), help_text=_("For points given from then on. Leave it empty for now."), widget=forms.DateTimeInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = LIMITS.sent(self.data if self.is_bound else self.initial)
        rows = range(LIMITS.shown(min(sent, LIMITS.most)))
        for row in rows:
            for name, field in limit_fields().items():
                self.add_field(LIMITS.field(row, name), field)
        self.limit_rows = len(rows)
        self.too_many = sent > LIMITS.most

    def rows_of_limits(self) -> list[FieldGroup]:
        """The fields of each row, for the template."""
        return [FieldGroup("", [self[LIMITS.field(row, name)] for name in limit_fields()]) for row in range(self.limit_rows)]

    @property
    def of_kinds(self) -> str:
        """What is asked for which kind of expiry, for the script of the page."""
        return json.dumps(OF_KINDS)

    @property
    def most_limits(self) -> int:
        return LIMITS.most

    def limits(self) -> tuple[Limit, ...]:
        """The limits that were entered, in the smallest unit."""
        held = (one for _row, one in LIMITS.filled(self.cleaned_data, self.limit_rows, tuple(limit_fields())))
        places = self.places()
        return tuple(Limit(of="points", most=smallest_units(one["most"], places), whose=one["whose"], period=one["period"]) for one in held)

    def places(self) -> int:
        """The decimals of the wallet."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if self.too_many:
            raise ValidationError(message(DomainError("earning.rule_too_many_limits", most=LIMITS.most)))
        for row, held in LIMITS.filled(told, self.limit_rows, tuple(limit_fields())):
            for name in (name for name, value in held.items() if value in NOTHING and LIMITS.field(row, name) not in self.errors):
                self.add_error(LIMITS.field(row, name), LACKING)
        for name in ("approval_above", *(LIMITS.field(row, "most") for row in range(self.limit_rows))):
            if told.get(name) is not None:
                try:
                    smallest_units(told[name], self.places())
                except DomainError as refusal:
                    self.add_error(name, message(refusal))
        return told

    def refuse(self, refusal: DomainError) -> None:
        """At the field that the page has for what the command names."""
        group, _dot, name = (refusal.field or "").rpartition(".")
        place = group.removeprefix("units.")
        refusal.field = f"unit_{LANGUAGES[int(place)]}_{name}" if place != group else SHOWN_AT.get(name, name)
        if limit := re.search(r"limits\.(\d+)", f"{group}.{name}", re.ASCII):
            refusal.field = LIMITS.field(int(limit[1]), "most")
        super().refuse(refusal)

    def terms(self) -> WalletTerms:
        """The terms that were entered."""
        told = self.cleaned_data
        numbers: dict[str, Any] = {name: told.get(name) or 0 for name in NUMBERS}
        entered = {name: numbers.pop(name) for names in OF_KINDS.values() for name in names}
        asked = {name: entered[name] for name in OF_KINDS.get(told["kind"], ())}
        expiry = Expiry(kind=told["kind"], grace_days=numbers.pop("grace_days"), **asked)
        above = told["approval_above"]
        chosen: dict[str, Any] = {
            "overdraft": told["overdraft"],
            "approval_above": None if above is None else smallest_units(above, self.places()),
            "limits": self.limits(),
        }
        return WalletTerms(expiry=expiry, **chosen, **numbers)

    def units(self) -> tuple[UnitName, ...]:
        """The names that were entered."""
        told = self.cleaned_data
        return tuple(
            UnitName(
                language=language,
                singular=told[f"unit_{language}_singular"],
                plural=told[f"unit_{language}_plural"],
                few=told.get(f"unit_{language}_few", ""),
            )
            for language in LANGUAGES
        )


class SetUpWalletForm(WalletForm):
    """Set a wallet up."""

    title = _("Set up a wallet")
    icon = "add"
    submit = _("Set up the wallet")
    explanation = _("Every programme has the wallet points from the beginning: its terms are changed from the list.")
    done = _("The wallet %(code)s is set up.")
    sections = [(_("Wallet"), ["code", "decimals"]), *WalletForm.sections]

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Such as points or stars. It cannot be changed later."))
    decimals = number_field(_("Decimals"), _("0 to 2. They cannot be changed later."))

    def places(self) -> int:
        return self.cleaned_data.get("decimals") or 0

    def command(self) -> ConfigureWallet:
        told = self.cleaned_data
        return ConfigureWallet(
            code=told["code"],
            decimals=self.places(),
            units=self.units(),
            terms=self.terms(),
            effective_at=told["effective_at"],
            new=True,
        )


class EditWalletForm(WalletForm):
    """Give a wallet new terms."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Points that were given keep the ends that they have.")
    done = _("The terms of %(subject)s are changed.")

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def initial_values(self) -> dict[str, Any]:
        card = queries.wallet(self.subject.code)
        terms, expiry = card.terms, card.terms.expiry
        names = {f"unit_{unit.language}_{form}": getattr(unit, form) for unit in card.units for form in ("singular", "plural", "few")}
        numbers = {name: getattr(expiry if hasattr(expiry, name) else terms, name) for name in NUMBERS}
        numbers |= {name: numbers[name] or None for names in OF_KINDS.values() for name in names}
        above = None if terms.approval_above is None else as_typed(whole_units(terms.approval_above, card.decimals))
        chosen = {"kind": expiry.kind, "overdraft": terms.overdraft, "approval_above": above}
        limits = {
            LIMITS.field(row, name): value
            for row, one in enumerate(terms.limits)
            for name, value in (
                ("most", as_typed(whole_units(one.most, card.decimals))),
                ("whose", one.whose),
                ("period", one.period),
            )
        }
        ahead = card.effective_at if card.effective_at and card.effective_at > datetime.now(UTC) else None
        return names | numbers | chosen | limits | {"seen_version": card.version, "effective_at": ahead}

    def places(self) -> int:
        return int(self.subject.decimals)

    def command(self) -> ConfigureWallet:
        subject: Wallet = self.subject
        return ConfigureWallet(
            code=subject.code,
            decimals=subject.decimals,
            units=self.units(),
            terms=self.terms(),
            effective_at=self.cleaned_data["effective_at"],
            seen_version=self.cleaned_data["seen_version"],
        )
