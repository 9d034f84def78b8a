"""What the page of components shows: forms in each state, and figures like those of a café on a good day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.house.fields import AmountField


class CustomerForm(forms.Form):
    """Kinds of fields as they stand in real forms."""

    name = forms.CharField(label=_("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Phone"), help_text=_("We send the balance here, nothing else."), widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.EmailField(label=_("Email"), required=False)
    store = forms.ChoiceField(label=_("Point of sale"), choices=[("q1", "Cà Phê Sông Hàn · Quận 1"), ("q3", "Cà Phê Sông Hàn · Quận 3")])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("f", _("Female")), ("m", _("Male")), ("o", _("Other"))], widget=forms.RadioSelect
    )
    consent = forms.BooleanField(label=_("The customer agrees to receive offers."), required=False)


class PurchaseForm(forms.Form):
    """The amount alone, as on the till."""

    amount = AmountField(label=_("Amount of the purchase"))


def forms_shown() -> dict[str, forms.Form]:
    return {
        "form": CustomerForm(auto_id="empty_%s", initial={"name": "Nguyễn Thị Đường", "gender": "f"}),
        "wrong": CustomerForm({"name": "", "phone": "12", "email": "duong@", "store": "q1", "consent": "on"}, auto_id="wrong_%s"),
        "purchase": PurchaseForm(auto_id="amount_%s", initial={"amount": 250000}),
    }


def icons() -> list[str]:
    """The names in the sprite."""
    sprite = settings.BASE_DIR / "templates" / "static" / "house" / "icons.svg"
    return re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8"))


def purchases(now: datetime) -> list[dict[str, Any]]:
    rows = [
        ("HD-2041", "Nguyễn Thị Đường", 250000, 25, 4, "positive", _("Recorded")),
        ("HD-2040", "Lê Hoàng Phúc", 1485000, 148, 35, "positive", _("Recorded")),
        ("HD-2038", "Katarzyna Wiśniewska", 89000, 8, 130, "caution", _("Waiting")),
        ("HD-2031", "Trần Quốc Bảo", -120000, -12, 1500, "negative", _("Returned")),
    ]
    names = ("document", "customer", "total", "points", "minutes", "kind", "status")
    return [dict(zip(names, row, strict=True)) | {"at": now - timedelta(minutes=row[4])} for row in rows]


def shown(request: HttpRequest) -> dict[str, Any]:
    """The context of `styleguide/index.html`. Times are fixed by `?at=` so that two photographs can be compared."""
    now = datetime(2026, 3, 7, 8, 5, tzinfo=UTC) if "at" in request.GET else timezone.now()
    return forms_shown() | {
        "tenant": getattr(request, "tenant", None) or SimpleNamespace(name="Sông Hàn", accent="", currency="VND"),
        "currency": "VND",
        "quick": [50000, 100000, 200000, 500000],
        "icons": icons(),
        "now": now,
        "purchases": purchases(now),
        "tabs": [
            {"label": _("Purchases"), "href": "#tabs", "current": True, "count": 48},
            {"label": _("Points"), "href": "#tabs"},
            {"label": _("Profile"), "href": "#tabs"},
        ],
        "steps": [_("File"), _("Columns"), _("Check"), _("Import")],
        "swatches": [
            "canvas",
            "surface",
            "sunken",
            "accent",
            "accent-soft",
            "positive-soft",
            "negative-soft",
            "caution-soft",
            "notice-soft",
        ],
    }
