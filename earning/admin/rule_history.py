"""What was done to a rule: who did it, when, and what changed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from earning import queries
from earning.admin import shown
from earning.admin.shown import NOTHING, Table
from earning.domain.wallets import Unit
from earning.kinds.changes import differences
from earning.kinds.words import until
from earning.models import Rule
from loyalty.admin import changes
from loyalty.admin.facts import actor_title
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id

STEPS = {
    "created": gettext_lazy("Drafted"),
    "changed": gettext_lazy("Changed"),
    "activated": gettext_lazy("Activated"),
    "paused": gettext_lazy("Paused"),
    "end_set": gettext_lazy("End set"),
}
SHOWN = 100


def steps(row: Rule) -> Table:
    """A row for each step, the newest first."""
    found, unit = queries.changes(row.id, limit=SHOWN), queries.wallets_here().unit(row.wallet)
    known = actors(one.changed_by for one in found)
    return {
        "headers": [_("What was done"), _("Who"), _("When"), _("In effect from"), _("Version"), _("What changed")],
        "figures": [4],
        "rows": [
            [
                str(STEPS[one.step]),
                known.get(one.changed_by) or actor_title(one.changed_by),
                shown.moment(one.changed_at, row.tenant_id),
                _takes_effect(one, row.tenant_id),
                str(one.version),
                _changed(one, tenant_of_id(row.tenant_id).currency, unit),
            ]
            for one in found
        ],
    }


def _takes_effect(one: queries.RuleChange, tenant_id: int) -> str:
    """Since when a step holds; of an end that was set, the end."""
    if one.step == "end_set" and one.effective_at:
        return _("until %(end)s") % {"end": until(one.effective_at, tenant_of_id(tenant_id).time_zone)}
    return shown.moment(one.effective_at, tenant_id)


def _changed(one: queries.RuleChange, currency: str, unit: Unit) -> str:
    if one.after is None:
        return NOTHING
    return changes.shown(differences(one.before, one.after, currency, unit))
