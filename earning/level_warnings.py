"""What looks wrong about level sets, in the reader's words."""

from __future__ import annotations

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from earning.domain.levels.warnings import LevelWarning
from earning.level_wording import level_name
from loyalty.house import formats

WARNINGS = {
    "order_changed": _("The order of the levels becomes %(levels)s; until now it is %(before)s. Look at the thresholds."),
    "counts_otherwise": _("Something else qualifies, and the thresholds are the same numbers as before. Look at them."),
    "level_for_all_goes": _("Everybody has the level “%(level)s”. Without it, who reached nothing has no level."),
    "by_hand_only": _("The level “%(level)s” has neither a threshold nor a fee: it can only be given by hand."),
    "brings_less": _("The level “%(level)s” brings less than “%(other)s” below it."),
    "losses_unused": _("Levels are kept here, so that one step at a time, and what a loss takes with it, count for nothing."),
    "months_unused": _("Months count only where the last months qualify; here they count for nothing."),
    "delivery_unused": _("Delivery counts only towards an amount; here it counts for nothing."),
}
"""What looks wrong without a number of customers; `other` is the second level that it is about."""


def warning_sentence(warning: LevelWarning) -> str:
    """What looks wrong, in the reader's language."""
    names = [level_name(level) for level in warning.levels]
    told = {
        "level": names[0] if names else "",
        "other": names[-1] if names else "",
        "levels": ", ".join(names),
        "before": ", ".join(map(level_name, warning.before)),
        "number": formats.number(warning.customers, get_language() or formats.FALLBACK),
    }
    return (str(WARNINGS[warning.code]) if warning.code in WARNINGS else _of_customers(warning)) % told


def warned_after(said: str, warnings: tuple[LevelWarning, ...]) -> str:
    """What was done, `said`, and what looks wrong now."""
    if not warnings:
        return said
    return " ".join([said, gettext("Look at this:"), *map(warning_sentence, warnings)])


def _of_customers(warning: LevelWarning) -> str:
    number = warning.customers
    sentences = {
        "level_goes": ngettext(
            "%(number)s customer has the level “%(level)s”, which goes. They get the one that they have earned with their next purchase.",
            "%(number)s customers have the level “%(level)s”, which goes. They get the one that they have earned with their next purchase.",
            number,
        ),
        "asks_more": ngettext(
            "%(number)s customer has the level “%(level)s”, which asks for more now. Who does not reach that loses it in time.",
            "%(number)s customers have the level “%(level)s”, which asks for more now. Who does not reach that loses it in time.",
            number,
        ),
        "set_stops": ngettext(
            "%(number)s customer has a level of this set, and has none while it is not active.",
            "%(number)s customers have a level of this set, and have none while it is not active.",
            number,
        ),
    }
    return sentences[warning.code]
