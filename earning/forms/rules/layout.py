"""How the form of a rule reads: “When … then … but …”, in parts that stay closed until they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.forms.rules import conditions
from earning.forms.rules.several import SeveralFields
from earning.forms.rules.texts import TEXT_FIELDS
from loyalty.admin.clauses import Clause, Part

TEXTS = ("texts", _("What customers read and see"), (*TEXT_FIELDS, "photo"), ())
WHERE = ("where", _("Where"), ("merchants", "places", "channels"), ())
TIMES = ("times", _("On which days, at which hours"), ("weekdays", "zone"), ("windows", "hours"))
WHO = ("who", _("Who"), tuple(f"{name}_{side}" for name in ("levels", "segments") for side in ("any", "all", "none")), ())
BASKET = ("basket", _("How much"), ("minimum", "maximum"), ())
CONDITIONS = ("conditions", _("Further conditions"), ("join",), ("conditions",))
LIMITS = ("limits", _("Limits and budget"), (), ("limits",))
BESIDE = ("beside", _("Beside other rules"), ("priority", "stops", "group"), ())
NOTES = {
    "texts": _("In all languages, or in none: then customers read the name above."),
    "where": _("Where nothing is chosen, a purchase anywhere counts."),
    "times": _(
        "Without any the rule counts at all times. A period through 31 January ends on 1 February at 0:00. "
        "Hours that close before they open run over midnight."
    ),
    "who": _("Where nothing is chosen, every customer counts."),
    "what": _("Where nothing is named, all lines of a purchase count."),
    "conditions": _("A line's condition is met when some line meets it. Several values have ; between them."),
    "limits": _("A budget is a limit in points for all together, in all."),
}
"""What is so where a part is left empty."""


class SentenceLayout(SeveralFields):
    """Clauses and parts, for the template."""

    what: ClassVar[list[str]]
    then: ClassVar[list[str]]

    @property
    def clauses(self) -> list[Clause]:
        """The form as a sentence."""
        what = ("what", _("What was bought"), tuple(self.what), ())
        asked = [self._part(*told) for told in (WHERE, TIMES, WHO, what, BASKET, CONDITIONS)]
        return [
            Clause("", self._present(["name"]), [self._part(*TEXTS)]),
            Clause(_("When …"), [], [part for part in asked if part.fields or part.blocks]),
            Clause(_("Then …"), self._present(self.gives()), []),
            Clause(_("But …"), [], [self._part(*told) for told in (LIMITS, BESIDE)]),
            *self.last(),
        ]

    def gives(self) -> list[str]:
        """The fields of what it gives."""
        return self.then

    def last(self) -> list[Clause]:
        """What comes after the sentence."""
        return []

    def _part(self, key: str, title: Any, names: Sequence[str], rows: Sequence[str]) -> Part:
        fields, blocks = self._present(names), [self.block(name) for name in rows]
        used = any(map(self._used, [*fields, *(field for block in blocks for row in block.fields for field in row)]))
        return Part(key, title, NOTES.get(key, ""), fields, blocks, used)

    def _present(self, names: Sequence[str]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields and self._offers(self.fields[name])]

    def _offers(self, field: forms.Field) -> bool:
        """Whether there is anything to choose from."""
        return not isinstance(field, forms.MultipleChoiceField) or bool(list(cast(Any, field.choices)))

    def _used(self, bound: forms.BoundField) -> bool:
        """Whether something is in a field that is not so by itself."""
        value = bound.value()
        if bound.errors or isinstance(bound.field, forms.MultipleChoiceField):
            return bool(bound.errors or value)
        if isinstance(bound.field, forms.ChoiceField):
            may_be_empty = any(key == "" for key, _said in cast(Any, bound.field.choices))
            return bool(value == conditions.KEPT[0] or (may_be_empty and value))
        usual = {"zone": self.tenant.time_zone, "priority": "0"}.get(bound.name, "")
        return value not in (None, False) and str(value) not in {"", usual}
