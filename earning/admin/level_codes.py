"""How codes and figures in the events of levels are read in a history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.level_wording import DOWNGRADE_PERIODS, DOWNGRADES, KINDS, MATCHES, RESETS, WINDOWS
from loyalty.admin.facts import name_codes, name_facts
from loyalty.admin.history import name_events

LOSSES = {
    "goods_returned": _("Goods came back"),
    "not_earned": _("It was not earned any more"),
    "period_end": _("The period ended"),
    "ended": _("It was had until then"),
    "by_hand": _("It was taken back by hand"),
}

name_facts(
    {
        "after": _("Level afterwards"),
        "before": _("Level before"),
        "benefits": _("What it brings"),
        "birthday_gift": _("Gift on the birthday"),
        "color": _("Color"),
        "counts": _("Counts towards levels"),
        "counted_at": _("Counted on"),
        "downgrade": _("When it is not earned any more"),
        "decided_at": _("Decided"),
        "discount": _("Discount"),
        "cause": _("Why it ended"),
        "ended_at": _("Ended on"),
        "excluded_categories": _("Categories that do not count"),
        "excluded_skus": _("Articles that do not count"),
        "fee": _("What it costs"),
        "free_delivery": _("Free delivery"),
        "loses_at": _("The level is lost"),
        "given_at": _("Given on"),
        "earned": _("Earned"),
        "instead": _("In place of the level before"),
        "joined_at": _("Merged"),
        "joined_id": _("Merged customer"),
        "fallen": _("Fell to the level before"),
        "lost_at": _("Level lost"),
        "match": _("A level is reached when"),
        "measures": _("What qualifies"),
        "minimum_days": _("Kept for so many days at least"),
        "one_step": _("One step at most in a period"),
        "promise": _("Also promised"),
        "purchases": _("Number of purchases"),
        "reached_at": _("Level reached"),
        "set_id": _("Level set"),
        "steps": _("Levels reached"),
        "texts": _("Names and descriptions"),
        "thresholds": _("What it asks for"),
        "warn_days": _("Tell the customer so many days before"),
        "when": _("It is lost"),
        "window": _("When"),
        "with_delivery": _("Delivery counts"),
        "since": _("Since"),
    }
)
name_facts({"reset": _("With the level"), "resets": _("With the level"), "text": _("Text")})
for fact in ("reset", "resets"):
    name_codes(fact, RESETS)
name_codes("kind", KINDS)
name_codes("match", MATCHES)
name_codes("window", WINDOWS)
name_codes("when", DOWNGRADES)
name_codes("period", DOWNGRADE_PERIODS)
for fact in ("reason", "cause"):
    name_codes(fact, LOSSES)
name_events(
    {
        "earning.level_given": _("Level given by hand"),
        "earning.level_grant_ended": _("Given or paid level ended"),
        "earning.level_loss_announced": _("End of a level announced"),
        "earning.level_lost": _("Level lost"),
        "earning.level_paid": _("Level paid for"),
        "earning.level_reached": _("Level reached"),
        "earning.level_set_activated": _("Activated"),
        "earning.level_set_changed": _("Terms changed"),
        "earning.level_set_created": _("Drafted"),
        "earning.level_set_deactivated": _("Deactivated"),
        "earning.level_set_past_counted": _("Earlier purchases count"),
        "earning.level_steps_joined": _("Levels of the merged customer"),
        "earning.past_counted": _("Earlier purchases counted towards levels"),
        "earning.progress_counted": _("Counted towards levels"),
    }
)
