"""What each rule asked of a purchase, what was seen, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.shown import NOTHING, Table
from earning.domain.scope import Check, RuleScope
from earning.domain.wallets import Wallets
from earning.kinds.enough import enough
from earning.kinds.needed import needed
from earning.kinds.scopes import asked, seen
from earning.queries.here import tenant_here
from earning.wording import outcome_sentence, scarce_sentence
from loyalty.admin.facts import actor_title
from loyalty.staff.actors import actors


def explained_rules(found: queries.Explanation | queries.Trial) -> Table:
    """A row for each rule that was in force, in the order of evaluation."""
    wallets, who = queries.wallets_here(), actors(one.changed_by for one in found.rules)
    return {
        "headers": [_("Rule"), _("What it asked"), _("What came of it"), _("Counted"), _("Points")],
        "figures": [3, 4],
        "rows": [_row(one, found.currency, wallets, who) for one in found.rules],
    }


def _row(one: queries.ExplainedRule, currency: str, wallets: Wallets, who: Mapping[str, str]) -> list[str]:
    told, rule = one.explained, one.explained.rule
    name = _("%(name)s, version %(number)s") % {"name": one.name, "number": rule.version}
    return [
        shown.two_lines(shown.rule(rule.rule_id, name, of_level=bool(rule.level)), _made(one, who)),
        _checks(one, currency),
        _outcome(one, currency, wallets),
        shown.money(sum(told.amounts), currency),
        shown.in_wallets({rule.wallet: told.points}, wallets, signed=True) if told.points else NOTHING,
    ]


def _made(one: queries.ExplainedRule, who: Mapping[str, str]) -> str:
    """Who made that version of the rule, and when."""
    return f"{who.get(one.changed_by) or actor_title(one.changed_by)}, {shown.moment(one.changed_at, tenant_here())}"


def _outcome(one: queries.ExplainedRule, currency: str, wallets: Wallets) -> str:
    told, unit = one.explained, wallets.unit(one.explained.rule.wallet)
    lines = [(outcome_sentence(told, one.kept_out_by, unit),)]
    if told.counted is not None:
        over, left = (shown.money(minor, currency) for minor in (told.counted.taken_over, told.counted.left))
        lines.append((_("Taken over: %(over)s. Left for the next purchase: %(left)s.") % {"over": over, "left": left},))
    lines += [(sentence,) for sentence in enough(told, currency, unit)]
    if told.cut and told.outcome != "wallet_limit":
        cut = shown.in_wallets({told.rule.wallet: told.cut}, wallets)
        lines.append((_("The limits of its wallet left no room for %(points)s more.") % {"points": cut},))
    return format_html_join("", "<div>{}</div>", lines)


def _seen(check: Check, scope: RuleScope, currency: str) -> str:
    """What was seen, unless what would have been enough says so too."""
    if any(needed(check, scope, currency)) and not check.met:
        return ""
    return _("Seen: %(seen)s") % {"seen": seen(check, scope, currency)}


def shortages(found: queries.Explanation) -> list[str]:
    """Which limits of wallets had not enough room, and what would have been enough."""
    wallets = queries.wallets_here()
    return [scarce_sentence(one, wallets.unit(cut.wallet)) for cut in found.cuts for one in cut.limits]


def _checks(one: queries.ExplainedRule, currency: str) -> str:
    scope = one.explained.rule.scope
    said = dict(asked(scope, currency))
    lines = (("✓" if check.met else "✗", said[check.name], _seen(check, scope, currency)) for check in one.explained.checks)
    return format_html_join("", "<div>{} {} {}</div>", lines) or NOTHING
