"""How the form of a reward stands on the page: what every reward needs, and the rest closed until it is used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.admin.clauses import Clause, Part
from rewards.domain.terms import LANGUAGES
from rewards.forms.rewards.kinds import ASKED, KIND_FIELDS
from rewards.forms.rewards.several import RowFields
from rewards.forms.rewards.terms import LIMITS, SPAN
from rewards.forms.rewards.texts import names_in

FIND = ("find", _("Where customers find it"), ("category", "sort_order", "labels", "featured", "public", "more_at"), ())
WHO = ("who", _("Who"), ("levels", "segments"), ("early",))
ACTIVE = ("active", _("When it can be had"), tuple(f"active_{part}" for part in SPAN), ())
VISIBLE = ("visible", _("When customers see it"), tuple(f"visible_{part}" for part in SPAN), ())
WHERE = ("where", _("Where"), ("merchants", "points_of_sale"), ())
BASKET = ("basket", _("With which purchases"), ("minimum_basket", "skus", "categories"), ())
HAS_LIMITS = ("limits", _("How many a customer gets"), tuple(f"limit_{period}" for period in LIMITS), ())
PRICE = ("price", _("Price for some, and money beside points"), ("price_amount", "free_only"), ("prices",))
MONEY = ("money", _("Cost, tax and budget"), ("cost", "daily_budget", "tax_rate"), ())
BESIDE = ("beside", _("Beside other rewards"), ("alone", "exclusive_group"), ())
COUPONS = ("coupons", _("How long coupons are good, and their codes"), ("valid_after_days", "valid_days", "codes", "code_prefix"), ())
NOTES: dict[str, Any] = {
    "texts": _("Where nothing is written, customers read the name above, or another language."),
    "active": _("Without any it can be had as long as it is active. Hours that close before they open run over midnight."),
    "visible": _("Without any customers see it as long as it is active or scheduled."),
    "who": _("Where nothing is chosen, it is for everybody."),
    "where": _("Where nothing is chosen, it is good everywhere."),
    "limits": _("Leave empty what has no limit."),
    "price": _("Who is named more than once pays the least."),
    "coupons": _("What customers have already keeps the terms it was bought under."),
}
USUAL: dict[str, Any] = {"codes": "generated", "active_closes": 24 * 60, "visible_closes": 24 * 60, "active_opens": 0, "visible_opens": 0}
"""What fields hold that nobody touched."""


class RewardLayout(RowFields):
    """Clauses and parts, for the template."""

    @property
    def of_kinds(self) -> str:
        """What is asked for which kind, for the script of the page."""
        return json.dumps({kind: [*asked.fields, *(["price_points"] if kind != "cashback" else [])] for kind, asked in ASKED.items()})

    @property
    def clauses(self) -> list[Clause]:
        """The form: what it gives, what customers read, who may have it, and how much."""
        wallets: Any = self.fields["wallet"]
        wallet = ["wallet"] if len(wallets.choices) > 1 else []
        first = [self[name] for name in ("name", "kind", *KIND_FIELDS, "price_points", *wallet, "stock")]
        texts = [(f"text_{lang}", _spoken(lang), names_in(lang), ()) for lang in LANGUAGES]
        photos = ("photos", _("Photos"), tuple(name for name in self.fields if name.startswith("photo_") or name == "icon"), ())
        return [
            Clause("", first, [], [self.block("prizes")]),
            Clause(_("What customers read and see"), [], [*map(self._part, [*texts, photos, FIND])]),
            Clause(_("Who may have it, when and where"), [], [*map(self._part, [WHO, ACTIVE, VISIBLE, WHERE, BASKET])]),
            Clause(pgettext_lazy("reward", "How much"), [], [*map(self._part, [HAS_LIMITS, PRICE, MONEY, BESIDE, COUPONS])]),
        ]

    def _part(self, told: tuple[str, Any, Sequence[str], Sequence[str]]) -> Part:
        key, title, names, rows = told
        fields, blocks = [self[name] for name in names if self._offers(name)], [self.block(name) for name in rows]
        used = any(map(_used, [*fields, *(field for block in blocks for row in block.fields for field in row)]))
        note = NOTES.get("texts" if key.startswith("text_") else key, "")
        return Part(key, title, note, fields, blocks, used)

    def _offers(self, name: str) -> bool:
        """Whether there is anything to choose from."""
        field = self.fields[name]
        return not isinstance(field, forms.MultipleChoiceField) or name in self.errors or bool(list(cast(Any, field.choices)))


def _spoken(language: str) -> Any:
    return {
        "vi": _("Texts in Vietnamese"),
        "en": _("Texts in English"),
        "pl": _("Texts in Polish"),
    }.get(language, get_language_info(language)["name_translated"])


def _used(bound: forms.BoundField) -> bool:
    """Whether something is in a field that is not so by itself, or went wrong."""
    value = bound.value()
    return bool(bound.errors) or (value not in (None, False, "", ()) and value != [] and value != USUAL.get(bound.name))
