"""For which purchases a rule is: the fields of its form, and the scope they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import queries as customers
from earning import queries
from earning.commands import Among, RuleScope
from earning.domain.levels.terms import Level
from earning.domain.scope import LONGEST_GROUP
from earning.kinds.values import CHANNELS, words
from earning.kinds.words import weekday
from earning.level_wording import level_name
from loyalty.domain.errors import DomainError
from loyalty.house.fields import AmountField
from loyalty.messages.refusals import message
from pos.queries import all_places, merchants

PLAIN = ("stops", "group", "minimum", "maximum")
TUPLES = ("weekdays", "merchants", "places", "channels")
SIDES = ("any", "all", "none")
MOST_MERCHANTS = 500


def _many(label: Any, **kwargs: Any) -> Any:
    return forms.TypedMultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class ScopeFields(forms.Form):
    """When a rule counts, and beside which others."""

    minimum = AmountField(label=_("Purchases of at least"), required=False)
    maximum = AmountField(label=_("Purchases of at most"), required=False)
    weekdays = _many(_("Weekdays"), coerce=int)
    zone = forms.CharField(label=_("Time zone"), required=False, help_text=_("Of weekdays and hours, such as Asia/Ho_Chi_Minh."))
    merchants = _many(_("Merchants"), coerce=UUID)
    places = _many(_("Points of sale"), coerce=UUID)
    channels = _many(_("Bought"), choices=list(CHANNELS.items()))
    levels_any = _many(_("Customers with one of these levels"))
    levels_all = _many(_("Customers with all of these levels"))
    levels_none = _many(_("Customers with none of these levels"))
    segments_any = _many(_("Customers in one of these segments"))
    segments_all = _many(_("Customers in all of these segments"))
    segments_none = _many(_("Customers in none of these segments"))
    priority = forms.IntegerField(label=_("Priority"), required=False, help_text=_("Higher comes first; of equal ones the older rule."))
    stops = forms.BooleanField(
        label=_("No other rule of its kind after it"), required=False, help_text=_("Where this rule gave something.")
    )
    group = forms.CharField(
        label=_("Exclusive group"), required=False, max_length=LONGEST_GROUP, help_text=_("Of the rules in one group the first counts.")
    )

    def offer(self, scope: RuleScope) -> None:
        """What can be chosen by name, and what was chosen before."""
        selling = {m.merchant_id: m.name for m in merchants(limit=MOST_MERCHANTS) if m.active}
        places = {place.pos_id: f"{place.merchant_name} · {place.pos_name}" for place in all_places()}
        sets = sorted(queries.level_sets(), key=lambda card: card.state != "active")
        levels = {level.code: _level_choice(level, card.state) for card in sets for level in card.terms.levels}
        self._choices("weekdays", {day: weekday(day) for day in range(7)})
        self._choices("merchants", selling, scope.merchants)
        self._choices("places", places, scope.places)
        called = {one.code: one.name for one in customers.segments()}
        for side in SIDES:
            self._choices(f"levels_{side}", levels, getattr(scope.levels, side), "customer.level")
            self._choices(f"segments_{side}", called, getattr(scope.segments, side))

    def _choices(self, name: str, offered: Mapping[Any, str], before: Iterable[Any] = (), field: str = "") -> None:
        """`before` was chosen, and stays where it is offered no more, with the words for codes of a `field`."""
        if name not in self.fields:
            return
        missing = [key for key in before if key not in offered]
        found = dict(offered) | {key: word or str(key) for key, word in zip(missing, words(field, missing), strict=True)}
        self.fields[name].choices = list(found.items())  # type: ignore[attr-defined]

    def clean_zone(self) -> str:
        typed: str = self.cleaned_data["zone"].strip()
        try:
            return ZoneInfo(typed).key if typed else ""
        except (ValueError, OSError, LookupError):
            raise ValidationError(message(DomainError("earning.rule_zone_invalid"))) from None

    def scope(self, told: Mapping[str, Any], zone: str, **several: Any) -> RuleScope:
        """The scope behind cleaned values, as far as there are any; `zone` is the one that counts where none is told."""
        plain: dict[str, Any] = {name: told[name] for name in PLAIN if told.get(name) is not None}
        chosen: dict[str, Any] = {name: tuple(told.get(name) or ()) for name in TUPLES}
        levels, segments, priority = _among(told, "levels"), _among(told, "segments"), told.get("priority") or 0
        return RuleScope(priority=priority, zone=told.get("zone") or zone, levels=levels, segments=segments, **plain, **chosen, **several)

    def scope_shown(self, scope: RuleScope) -> dict[str, Any]:
        """The fields' values for a scope."""
        among = {f"{name}_{side}": getattr(getattr(scope, name), side) for name in ("levels", "segments") for side in SIDES}
        return among | {name: getattr(scope, name) for name in (*PLAIN, *TUPLES, "priority", "zone")}


def _level_choice(level: Level, state: str) -> str:
    """Rules are made ready before their levels are: what cannot be had yet is told apart."""
    name = level_name(level)
    return name if state == "active" else gettext("%(level)s (level set not active)") % {"level": name}


def _among(told: Mapping[str, Any], name: str) -> Among:
    return Among(**{side: tuple(told.get(f"{name}_{side}") or ()) for side in SIDES})
