"""Tables of the page of a level set."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.tables import period
from earning.domain.levels.terms import LevelTerms
from earning.level_wording import asked_text, benefits_text, level_name
from earning.models import LevelSet
from loyalty.admin.facts import actor_title
from loyalty.admin.history import actors
from loyalty.domain.identity import derived_id


def levels(row: LevelSet) -> shown.Table:
    """The levels of a set, the lowest first."""
    terms = msgspec.convert(row.terms, LevelTerms)
    return {
        "headers": [_("Level"), _("What it asks for"), _("What it brings"), _("Code")],
        "rows": [
            [
                shown.linked("admin:earning_level_change", derived_id("level", row.id, level.code), level_name(level)),
                asked_text(level, terms),
                benefits_text(level) or shown.NOTHING,
                level.code,
            ]
            for level in terms.levels
        ],
    }


def versions(row: LevelSet) -> shown.Table:
    """The versions of a set, the newest first."""
    found = queries.level_set_versions(row.id)
    known = actors(v.changed_by for v in found)
    return {
        "headers": [_("Version"), _("Levels"), _("In force"), _("Changed by"), _("Changed")],
        "rows": [
            [
                str(v.version),
                ", ".join(level_name(level) for level in v.terms.levels) or shown.NOTHING,
                "; ".join(period(p, row.tenant_id) for p in v.periods) or _("never"),
                known.get(v.changed_by) or actor_title(v.changed_by),
                shown.moment(v.changed_at, row.tenant_id),
            ]
            for v in found
        ],
    }
