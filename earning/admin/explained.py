"""What each rule asked of a purchase, what was seen, and what came of it."""

from __future__ import annotations

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.shown import NOTHING, Table
from earning.domain.explaining import Explained
from earning.kinds.enough import enough
from earning.kinds.scopes import asked, seen
from earning.wording import OUTCOMES


def explained_rules(found: queries.Explanation | queries.Trial) -> Table:
    """A row for each rule that was in force, in the order of evaluation."""
    return {
        "headers": [_("Rule"), _("What it asked"), _("What came of it"), _("Counted"), _("Points")],
        "figures": [3, 4],
        "rows": [_row(one, found.currency) for one in found.rules],
    }


def _row(one: queries.ExplainedRule, currency: str) -> list[str]:
    told, rule = one.explained, one.explained.rule
    name = _("%(name)s, version %(number)s") % {"name": one.name, "number": rule.version}
    return [
        shown.rule(rule.rule_id, name, of_level=bool(rule.level)),
        _checks(one, currency),
        _outcome(one.explained, currency),
        shown.money(sum(told.amounts), currency),
        shown.points(told.points, signed=True) if told.points else NOTHING,
    ]


def _outcome(told: Explained, currency: str) -> str:
    lines = [(str(OUTCOMES[told.outcome]),)]
    if told.counted is not None:
        over, left = (shown.money(minor, currency) for minor in (told.counted.taken_over, told.counted.left))
        lines.append((_("Taken over: %(over)s. Left for the next purchase: %(left)s.") % {"over": over, "left": left},))
    lines += [(sentence,) for sentence in enough(told, currency)]
    return format_html_join("", "<div>{}</div>", lines)


def _checks(one: queries.ExplainedRule, currency: str) -> str:
    scope = one.explained.rule.scope
    said = dict(asked(scope, currency))
    lines = (
        ("✓" if check.met else "✗", said[check.name], _("Seen: %(seen)s") % {"seen": seen(check, scope, currency)})
        for check in one.explained.checks
    )
    return format_html_join("", "<div>{} {} {}</div>", lines) or NOTHING
