"""The sentences of what is refused about rules, and about conditions and limits, which wallets have too."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "earning.rule_unknown": _("There is no such rule. Choose one from the list of rules."),
        "earning.rule_change_has_no_start": _(
            "“%(name)s” is not in force, so its new version has no time from which it counts. Leave that out, and say it when you activate "
            "the rule."
        ),
        "earning.rule_ends_or_never": _("Say when the rule ends, or that it does not, but not both."),
        "earning.rule_asks_of_purchases": _(
            "A rule for custom events asks nothing of purchases: no amounts, merchants, points of sale or channels. Leave this out."
        ),
        "earning.rule_not_of_purchases": _(
            "The rule “%(name)s” counts custom events, no purchases. Report an event with dry_run=true to see what it brings."
        ),
        "earning.rule_event_type_invalid": _("Enter the code of a type of custom events, such as app_review."),
        "earning.rule_attribute_invalid": _("Enter the name of an attribute of the event: letters, digits, - and _."),
        "earning.rule_needs_limit": _("Customers who may report an event themselves can do so without end. Add a limit for each customer."),
        "earning.rule_gives_no_points": _("A rule that gives a reward gives no points. Limit how often it counts."),
        "earning.rule_reward_unknown": _("There is no such reward that can be given. Choose one from the list of rewards."),
        "earning.rule_name_invalid": _("A rule needs a name of at most %(longest)s characters."),
        "earning.rule_texts_incomplete": _("Name the rule for customers in Vietnamese, English and Polish, or in none of them."),
        "earning.rule_points_invalid": _("The points of a rule are above zero and at most %(most)s."),
        "earning.rule_points_too_exact": _("The points of a rule have at most %(decimals)s decimals."),
        "earning.rule_amount_invalid": _("The amount of a rule is above zero and at most %(most)s."),
        "earning.rule_carries_nothing": _(
            "Only a rule that counts full amounts leaves something over. Choose full amounts, or carry nothing."
        ),
        "earning.rule_currency_invalid": _("Rules are in the currency of the programme, %(expected)s."),
        "earning.rule_factor_missing": _("A multiplier needs a factor, for all its lines, by label or by level."),
        "earning.rule_factor_invalid": _("A factor is above zero, at most %(most)s, and has at most %(decimals)s decimals."),
        "earning.rule_factor_twice": _("“%(name)s” has a factor already. Capitals do not matter. Give it one factor."),
        "earning.rule_too_many_factors": _("A multiplier has at most %(most)s factors."),
        "earning.rule_priority_invalid": _("A priority lies between -%(most)s and %(most)s."),
        "earning.rule_basket_invalid": _("This amount lies between 0 and %(most)s."),
        "earning.rule_basket_impossible": _("The largest purchase must not be below the smallest: enter at least %(least)s."),
        "earning.selection_too_long": _("At most %(most)s can be named here. Take some out."),
        "earning.selection_empty": _("An empty name names nothing. Take it out."),
        "earning.rule_too_many_spans": _("At most %(most)s periods are possible."),
        "earning.rule_window_invalid": _("A period ends after it begins. Choose a later end."),
        "earning.rule_window_empty": _("A period needs a start or an end. Leave it out where any time will do."),
        "earning.rule_window_out_of_reach": _("A period lies in the years 1900 to 9997."),
        "earning.rule_weekday_invalid": _("Weekdays are 0 (Monday) to 6 (Sunday)."),
        "earning.rule_hours_invalid": _("Hours lie between 0:00 and 24:00, and do not end when they begin."),
        "earning.rule_zone_invalid": _("There is no such time zone. Use a name such as Europe/Warsaw."),
        "earning.condition_too_large": _("A condition has at most %(most)s parts, at most %(deepest)s within each other."),
        "earning.condition_parts_invalid": _(
            "“%(op)s” joins parts, and compares nothing itself: “not” takes one part, “and” and “or” one or more."
        ),
        "earning.condition_joins_nothing": _(
            "“%(op)s” compares, and joins no parts. Leave them out, or join them by “and”, “or” or “not”."
        ),
        "earning.condition_field_unknown": _("Conditions know no field “%(name)s”. The fields are: %(known)s."),
        "earning.condition_values_invalid": _(
            "“%(name)s” is compared with another number of values: “between” takes two, “in” 1 to %(most)s, all else one."
        ),
        "earning.condition_number_needed": _("“%(name)s” is a number. Compare it with whole numbers, and not by “contains”."),
        "earning.condition_text_needed": _("“%(name)s” is a text. Compare it with texts, in quotes."),
        "earning.condition_day_invalid": _("“%(name)s” is compared with days such as 2026-11-27, not with “%(value)s”."),
        "earning.condition_value_unknown": _("“%(name)s” is never “%(value)s”. It is one of these: %(known)s."),
        "earning.rule_too_many_limits": _("At most %(most)s limits are possible, and one of each kind and period."),
        "earning.rule_limit_invalid": _("A limit is above zero and at most %(most)s."),
        "earning.limit_reached": _(
            "Another purchase took the last room of a limit meanwhile (%(holder)s). %(limit)s %(anew)s Record the purchase again: it "
            "counts with what is left."
        ),
        "earning.rule_changed_meanwhile": _(
            "Somebody else changed the rule “%(name)s” meanwhile: it is at version %(version)s, you saw version %(seen)s. Open it again."
        ),
        "earning.rule_since_before": _(
            "What the rule gives holds since %(earliest)s already, and is not decided again. Choose that time or a later one."
        ),
        "earning.rule_is_active": _("The rule “%(name)s” is active already. Change it, or pause it first."),
        "earning.rule_is_not_active": _("The rule “%(name)s” is neither active nor scheduled, so it cannot be paused."),
        "earning.rule_is_ended": _("The rule “%(name)s” has ended for good. Add a new one."),
        "earning.rule_starts_after_end": _(
            "The rule “%(name)s” counts until %(ends_at)s. Choose an earlier start, or take the end back first."
        ),
        "earning.rule_end_is_over": _(
            "The end of the rule “%(name)s” lies in the past. Choose a time to come, or leave it empty to end it now."
        ),
        "earning.rule_ends_before_start": _("The rule “%(name)s” starts on %(starts_at)s. Choose a later end."),
    }
)
