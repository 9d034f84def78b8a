"""What rules do, what lines are, and why a purchase brought nothing, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import Line, WaitingAnswer
from earning.domain.explaining import Explained
from earning.domain.limits import Scarce
from earning.domain.rule_warnings import RuleWarning
from earning.domain.scope import RuleScope
from earning.domain.terms import Terms, kind_of
from earning.domain.wallets import Unit
from earning.kinds import KINDS
from earning.kinds.scopes import asked, beside, limit_sentence
from earning.kinds.values import LINE_KINDS
from earning.kinds.words import ROUNDINGS, amount_of

__all__ = [
    "FOUND_BY",
    "LINE_KINDS",
    "OUTCOMES",
    "REFERENCES",
    "ROUNDINGS",
    "WHY_NOTHING",
    "but_sentence",
    "line_name",
    "nothing_sentence",
    "outcome_sentence",
    "scarce_sentence",
    "scope_sentence",
    "sentence_of",
    "waiting_sentence",
    "warning_sentence",
    "when_sentence",
]

REFERENCES = {
    "card": _("Loyalty card"),
    "phone": _("Phone"),
    "email": _("Email"),
    "code": _("Customer code"),
    "external_id": _("External id"),
}
FOUND_BY = REFERENCES | {"named": _("Chosen directly")}
WHY_NOTHING = {
    "no_customer": _("No customer was named, so nobody earned points."),
    "inactive": _("The customer was not active, and inactive customers do not earn."),
    "no_rule": _("No earning rule was in force at that time."),
    "too_little": _("The amount was too small for %(least)s."),
}


def nothing_sentence(why: str, units: Iterable[Unit]) -> str:
    """Why a purchase brought nothing; `units` are those of the wallets that it was too small for."""
    least = gettext(" or ").join(dict.fromkeys(amount_of(unit, 1) for unit in units))
    if why == "too_little" and not least:
        return gettext("No rule that was in force gave anything for it.")
    return str(WHY_NOTHING[why]) % {"least": least}


ORDER_OF_EVALUATION = _(
    "Points per amount come first, then what multiplies them, then points for products, and instant rewards last. Within each, the higher "
    "priority comes first, then the older rule. Each wallet is reckoned by itself; what its limits have no room for is cut at the end, the "
    "last rule first."
)
OUTCOMES = {
    "gave": _("It gave points."),
    "too_little": _("The amount was too small for %(least)s."),
    "no_lines": _("No line of the purchase counts for it."),
    "not_met": _("Not all it asks for was met."),
    "stopped": _("An earlier rule of its kind and wallet was the last to count."),
    "group_taken": _("Another rule of its group counted."),
    "limit_reached": _("There was no room left in its limits."),
    "carried": _("Not a full amount yet: it counts with the next purchase."),
    "wallet_limit": _("The limits of its wallet left no room for its points."),
    "nothing_to_multiply": _("There were no points that it could multiply."),
    "outdone": _("Another multiplier counted: of those of which the best counts it was the larger one."),
    "would_give": _("It would give %(points)s to a customer who earns."),
}
"""What came of a rule; `points` is what it would give, `least` the smallest step of its wallet."""
REWARDED = {
    "gave": _("It gave the reward “%(reward)s”."),
    "would_give": _("It would give the reward “%(reward)s” to a customer who earns."),
}
"""The same of a rule that gives a reward."""
KEPT_OUT = {
    "stopped": _("“%(name)s”, version %(number)s, came first and is the last rule of its kind and wallet to count."),
    "group_taken": _("“%(name)s”, version %(number)s, of the same group came first and counted."),
}
"""What came of a rule because of another one, `name`."""


WARNINGS = {
    "never_met": _("Its condition can never be met."),
    "contradicts_itself": _("What it asks for can never be so at once: look at levels, segments, points of sale and channels."),
    "no_lines_left": _("All articles that it counts are left out again."),
    "nothing_to_multiply": _("No rule gives points per amount at that time, so there is nothing to multiply."),
    "group_taken": _("The rule “%(name)s” comes first in its group, so this one never counts."),
    "nobody_in_segments": _("It asks for a segment that nobody is in: %(named)s."),
    "no_such_level": _("It names a level that no level set has: %(named)s."),
    "level_to_come": _("It names a level that counts only once its level set is active: %(named)s."),
    "no_such_segment": _("It names a segment that does not exist, or is not active: %(named)s."),
    "no_such_event": _("It asks for custom events of a type that does not exist, or is not active: %(named)s."),
    "no_such_merchant": _("It names a merchant that does not exist, or is not active: %(named)s."),
    "no_such_place": _("It names a point of sale that does not exist, or is not active: %(named)s."),
    "since_past": _("It counts from a time that is over: for purchases of that time that are recorded late, or imported, too."),
    "never_in_time": _("None of its periods lies in the time for which it is in force."),
    "shadowed": _("The rule “%(name)s” comes first and is the last to count, so this one never does."),
    "overlaps": _("The rule “%(name)s” counts for the same purchases: customers get the points of both."),
}
"""What looks wrong about a rule; `name` is the other one, `named` what it names and is not there."""
WARNINGS_OF_EVENTS = WARNINGS | {
    "since_past": _("It counts from a time that is over: for events of that time that are reported later, too."),
    "overlaps": _("The rule “%(name)s” counts for the same events: customers get the points of both."),
}
"""The same of a rule that counts custom events."""


def warning_sentence(warning: RuleWarning) -> str:
    """What looks wrong, in the reader's language."""
    said = WARNINGS_OF_EVENTS if warning.of_events else WARNINGS
    return str(said[warning.code]) % {"name": warning.other_name, "named": ", ".join(warning.named)}


def outcome_sentence(told: Explained, other: str, unit: Unit) -> str:
    """What came of a rule; `other` is what the rule is called that kept it out, `unit` that of its wallet."""
    if told.reward_id is not None and told.outcome in REWARDED:
        return str(REWARDED[told.outcome]) % {"reward": queries.rewards_called([told.reward_id])[told.reward_id]}
    if told.kept_out_by is None:
        return str(OUTCOMES[told.outcome]) % {"points": amount_of(unit, told.would_give), "least": amount_of(unit, 1)}
    return str(KEPT_OUT[told.outcome]) % {"name": other, "number": told.kept_out_by.version}


def line_name(line: Line) -> str:
    """What a line of a document is called: its name, else its SKU, else its kind."""
    return line.name or line.sku or str(LINE_KINDS[line.kind])


def sentence_of(terms: Terms, unit: Unit) -> str:
    """What a rule does: “1 point for each ₫10,000 spent, in proportion, rounded down.” `unit` is that of its wallet."""
    return KINDS[kind_of(terms)].sentence(terms, unit)


def scope_sentence(scope: RuleScope, currency: str, unit: Unit) -> str:
    """For which purchases a rule is, and how it stands beside others; "" where nothing is special."""
    return " ".join(filter(None, (when_sentence(scope, currency), but_sentence(scope, unit))))


def when_sentence(scope: RuleScope, currency: str) -> str:
    """For which purchases a rule is; "" for all."""
    return " ".join(said for _name, said in asked(scope, currency))


def whenever(kind: str) -> str:
    """For what a rule of a kind is that asks nothing."""
    return gettext("Every such event.") if kind == "custom_event" else gettext("Every purchase.")


def but_sentence(scope: RuleScope, unit: Unit) -> str:
    """What the limits of a rule are, and how it stands beside others; "" where nothing is special."""
    return " ".join(beside(scope, unit))


def scarce_sentence(one: Scarce, unit: Unit) -> str:
    """“At most 100 stars for each customer, a day. Of these 30 stars were left, and the purchase was worth 75 stars. …”"""
    told = {name: amount_of(unit, getattr(one, name)) for name in ("left", "wanted", "enough")}
    left = gettext("Of these %(left)s were left, and the purchase was worth %(wanted)s. A limit of %(enough)s would have been enough.")
    return f"{limit_sentence(one.limit, unit)} {left % told}"


def waiting_sentence(waiting: WaitingAnswer, unit: Unit) -> str:
    """Why a correction waits for a second person."""
    told = {"together": amount_of(unit, waiting.together), "most": amount_of(unit, waiting.most)}
    return (
        gettext(
            "With this one your corrections of the account within 24 hours add up to %(together)s: "
            "above %(most)s somebody else has to agree."
        )
        % told
    )
