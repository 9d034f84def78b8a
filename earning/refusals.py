"""The sentences of earning's refusals."""

from django.utils.translation import gettext_lazy as _

import earning.custom_event_refusals
import earning.imports.refusals
import earning.rule_refusals
import earning.transfer_refusals  # noqa: F401 - registers its own
from earning.domain.lacking import Later
from earning.domain.wallets import Amount
from earning.units import later_phrase, phrase
from loyalty.messages import refusals

refusals.say(Amount, lambda amount, language: phrase(amount.unit, amount, language))
refusals.say(Later, later_phrase)
refusals.register_all(
    {
        "earning.document_number_missing": _("Enter the document number."),
        "earning.document_number_invalid": _("A document number has at most %(longest)s characters that can be printed."),
        "earning.document_differs": _(
            "The document %(document)s was recorded before with other content: %(fields)s. Check the number, or enter what was recorded."
        ),
        "earning.document_is_a_return": _("The number %(document)s was used for a return. Enter the number of the sale."),
        "earning.document_is_a_purchase": _("The number %(document)s was used for a sale. Enter the number of the return document."),
        "earning.lines_missing": _("A purchase needs at least one line."),
        "earning.too_many_lines": _("A purchase has at most %(most)s lines. Split it into two documents."),
        "earning.total_differs": _("The lines add up to %(lines)s, but the total is %(total)s. Correct one of them."),
        "earning.total_too_large": _("The total is above %(limit)s %(currency)s. Check the amount: it may be a barcode."),
        "earning.total_negative": _("The total is below zero. Record a return instead."),
        "earning.line_negative": _(
            "Line %(line)s is below zero. Only discounts and rounding may be; record a return for goods that come back."
        ),
        "earning.discount_positive": _("Line %(line)s is a discount: its total must be below zero."),
        "earning.shares_of_discounts": _("Line %(line)s is no discount: only a discount lies on other lines."),
        "earning.shares_by_amount": _("The discount of line %(line)s lies on other lines: leave out its quantity."),
        "earning.shares_differ": _(
            "What lies of line %(line)s on other lines has to add up to %(total)s: one amount, not below zero, for each of %(lines)s lines."
        ),
        "earning.share_too_large": _("Of the discount of line %(line)s at most %(most)s can lie on line %(of)s."),
        "earning.quantity_invalid": _("A quantity is above zero, at most %(most)s, and has at most three decimals."),
        "earning.tax_rate_invalid": _("The tax rate of line %(line)s must lie between 0 and 100 percent."),
        "earning.text_too_long": _("This text is too long: at most %(longest)s characters are possible."),
        "earning.unprintable_text": _("This text holds characters that cannot be shown. Type it again."),
        "earning.label_without_name": _("A label needs a name before its value."),
        "earning.label_twice": _("The label “%(label)s” is there twice. Give it one value."),
        "earning.text_personal": _(
            "A phone number or an email address does not belong here: it would stay when the customer is erased. Write it to the customer."
        ),
        "earning.text_names_customer": _(
            "This tells who the customer is, by name or by a number of theirs: it would stay when they are erased. Leave it out, "
            "or write it to the customer."
        ),
        "earning.too_many_labels": _("At most %(most)s labels are possible."),
        "earning.price_negative": _("The unit price of line %(line)s is below zero. Only discounts and rounding may have such a price."),
        "earning.price_invalid": _("A unit price has at most %(decimals)s decimals and %(digits)s digits before them."),
        "earning.in_the_future": _("The time lies in the future: the latest possible is %(latest)s. Check the date and the clock."),
        "earning.too_long_ago": _("The time lies too far back: the earliest possible is %(earliest)s. Ask an administrator to record it."),
        "earning.older_than_allowed": _(
            "This can be dated back %(days)s days at most: the earliest possible is %(earliest)s. "
            "Bring older purchases and returns in by an import."
        ),
        "earning.exchange_rate_invalid": _("A rate is above zero, at most %(most)s, and has at most %(decimals)s decimals."),
        "earning.exchange_rate_missing": _(
            "There is no exchange rate from %(currency)s to %(into)s for the time of this purchase. Set one in the administration, "
            "under Earning, Exchange rates, and record it again."
        ),
        "earning.exchange_rate_later": _(
            "There is an exchange rate from %(currency)s to %(into)s only since %(since)s. Check the date of this purchase, "
            "or set a rate for its time in the administration, under Earning, Exchange rates."
        ),
        "earning.exchange_rate_of_its_own": _("%(currency)s is the currency of the programme: it needs no rate."),
        "earning.customer_unknown": _("There is no such customer. Search again by phone, card or code."),
        "earning.customer_missing": _("Name the customer: by id, phone, email, card, code or external id."),
        "earning.customer_inactive": _("The customer is inactive and earns nothing. Activate them first."),
        "earning.purchase_is_anothers": _("The purchase %(document)s belongs to another customer. Search for the right document."),
        "earning.receipt_not_claimable": _("No purchase can be claimed with this. Check number, total and date on the receipt."),
        "earning.receipt_tries_used_up": _("Receipts can be claimed %(most)s times a day. Try again tomorrow."),
        "earning.customer_named_twice": _("Name the customer in one way only: by id, phone, email, card, code or external id."),
        "earning.too_many_points": _(
            "So many points do not fit: an account holds at most %(most)s, and this one has room for %(room)s. Check the total and "
            "the rules."
        ),
        "earning.place_missing": _("Name the point of sale, or the merchant of an online sale."),
        "earning.place_unknown": _("There is no such point of sale, or it is not one of yours. Choose one of those that you see."),
        "earning.place_inactive": _("%(place)s is not active. Activate it, or choose another point of sale."),
        "earning.matching_empty": _("Name at least one reference by which customers are found."),
        "earning.matching_twice": _("Each reference is tried once only. Choose another, or leave the place empty."),
        "earning.matching_unknown": _("There is no such reference. Possible are: %(known)s."),
        "earning.void_by_another": _("Only who recorded a purchase can void it. Take the goods back instead."),
        "earning.void_too_late": _(
            "The purchase %(document)s was made on %(sold_at)s and could be voided on that day only. Take the goods back instead."
        ),
        "earning.place_of_another": _(
            "The point of sale %(place)s belongs to %(merchant)s. Leave the merchant out, or choose another place."
        ),
        "earning.void_after_return": _("Some of the purchase %(document)s came back before. Take the rest back instead."),
        "earning.purchase_unknown": _("There is no such purchase. Search for it by the number of its document."),
        "earning.other_merchant": _("The purchase was made at another merchant. Goods come back where they were bought."),
        "earning.other_customer": _("The purchase belongs to another customer. Open it again."),
        "earning.returned_before_sale": _("The return lies before the sale, which was on %(sold_at)s. Check the date."),
        "earning.line_unknown": _("The purchase has no line %(line)s: its lines are 1 to %(most)s."),
        "earning.returned_by_quantity": _("Line %(line)s comes back by quantity, not by amount. Enter how many come back."),
        "earning.returned_by_amount": _("Line %(line)s was sold by amount: enter the amount that comes back."),
        "earning.discount_follows_goods": _("The discount of line %(line)s comes back by itself, with its goods. Name only the goods."),
        "earning.returned_nothing": _("Enter how much of line %(line)s comes back."),
        "earning.returned_too_much": _("Only %(left)s of line %(line)s is left to return."),
        "earning.purchase_is_void": _("The purchase %(document)s was voided on %(voided_at)s. Nothing of it can come back, or be claimed."),
        "earning.nothing_left": _("Everything of the purchase %(document)s came back before. Check the number of the document."),
        "earning.return_names_no_line": _(
            "No line is named. Name what comes back, or leave the lines out to return everything that is left."
        ),
        "earning.return_of_less_than_nothing": _("A discount comes back together with its goods: name these too."),
        "earning.return_of_more_than_paid": _(
            "More would come back than was paid: %(most)s at most. Line %(line)s took something off: say how much of it goes too."
        ),
        "earning.level_set_unknown": _("There is no such level set. Choose one from the list of level sets."),
        "earning.too_many_level_sets": _("There are %(most)s level sets already, with drafts and inactive ones. Change one that is there."),
        "earning.too_many_active_level_sets": _(
            "%(most)s level sets are active, which is the most: %(names)s. Deactivate one first; drafts and inactive ones do not count."
        ),
        "earning.level_set_name_missing": _("Name the level set."),
        "earning.level_set_texts_incomplete": _("Name the level set for customers in Vietnamese, English and Polish, or in none of them."),
        "earning.level_set_is_active": _("The level set “%(name)s” is active already. Change it, or deactivate it first."),
        "earning.level_set_is_not_active": _(
            "The level set “%(name)s” is not active. Only an active one can be deactivated, or count earlier purchases."
        ),
        "earning.level_since_invalid": _("Choose a time before now: earlier purchases count from then on."),
        "earning.level_past_counts": _("Purchases since %(since)s count already. Choose an earlier time."),
        "earning.all_past_counts": _("All earlier purchases count already. There is nothing left to count."),
        "earning.language_twice": _("There are two texts in the language “%(language)s”. Give one in each language."),
        "earning.level_set_is_empty": _("An active level set needs at least one level. Add a level first."),
        "earning.level_set_changed_meanwhile": _(
            "Somebody else changed the level set meanwhile: it is at version %(version)s, you saw version %(seen)s. Open it again."
        ),
        "earning.level_measures_missing": _("Choose what qualifies for the levels: one thing at least, %(most)s at most."),
        "earning.level_measure_twice": _("Each thing can qualify once only. Choose another, or leave it empty."),
        "earning.level_months_invalid": _("Enter 1 to %(most)s months."),
        "earning.level_points_exclude": _(
            "Points count whatever was bought. Leave articles out in the earning rules, or let the amount spent qualify."
        ),
        "earning.level_exclusions_differ": _("Purchases and visits of one level set leave out the same articles. Enter the same in both."),
        "earning.level_too_many_excluded": _("At most %(most)s can be left out."),
        "earning.too_many_levels": _("A level set has at most %(most)s levels."),
        "earning.level_code_invalid": _(
            "The code of a level begins with a letter and has small letters, digits, hyphens and underscores: at most 40, such as gold."
        ),
        "earning.level_code_taken": _("Another level has the code “%(code)s”. Choose another one."),
        "earning.level_threshold_invalid": _("A threshold of the level “%(level)s” lies between 0 and %(most)s."),
        "earning.level_thresholds_missing": _("Each level needs a threshold, or none, for each thing that qualifies."),
        "earning.level_thresholds_cross": _(
            "Each level must ask for more than the one below it: %(level)s and %(other)s ask for the same, or cross. Change a threshold."
        ),
        "earning.level_days_invalid": _("Enter 0 to %(most)s days."),
        "earning.level_days_below_invalid": _("Enter 1 to %(most)s days."),
        "earning.level_days_of_nothing": _("Only levels that go after some days need a number of days. Enter 0, or choose that."),
        "earning.level_period_of_nothing": _("Levels that are never lost have no period. Leave it out, or choose when they are lost."),
        "earning.level_warn_days_invalid": _("Enter 0 to %(most)s days."),
        "earning.level_fee_invalid": _(
            "A level that is sold needs the SKU of its fee, and 1 to %(months)s months or 1 to %(days)s days; one that is not has none."
        ),
        "earning.level_fee_taken": _("Another level of the set has the fee “%(sku)s”. Choose another SKU."),
        "earning.level_unknown": _("No active level set has a level “%(level)s”. Choose one that is there, or activate its set first."),
        "earning.level_end_invalid": _("Choose an end that is still to come, within %(years)s years."),
        "earning.level_not_given": _("The level “%(level)s” was not given to the customer by hand, so it cannot be withdrawn."),
        "earning.level_reward_name_missing": _("Name the special reward in Vietnamese, English and Polish."),
        "earning.level_reward_ends_early": _("The last day cannot be before the first. Choose a later one."),
        "earning.level_too_many_rewards": _("A level has at most %(most)s special rewards."),
        "earning.level_color_invalid": _("Enter a color such as #b8860b."),
        "earning.level_multiplier_invalid": _("Points count 1 to %(most)s times, with at most %(decimals)s decimals."),
        "earning.level_discount_invalid": _("A discount lies between 0 and 100 percent, with at most two decimals."),
        "earning.level_name_missing": _("Name the level in Vietnamese, English and Polish."),
        "earning.wallet_unknown": _("There is no wallet %(wallet)s. Choose one from the list."),
        "earning.wallet_code_invalid": _(
            "The code of a wallet begins with a letter and has small letters, digits, hyphens and underscores: at most 40, such as points."
        ),
        "earning.wallet_code_taken": _("There is a wallet with the code “%(code)s”. Edit it, or choose another code."),
        "earning.wallet_decimals_invalid": _("A wallet has at most %(most)s decimals."),
        "earning.wallet_decimals_fixed": _("The decimals of a wallet cannot change: it has %(decimals)s. Set up another wallet."),
        "earning.wallet_unit_missing": _("Name the unit in Vietnamese, English and Polish, each once."),
        "earning.wallet_unit_invalid": _("The name of a unit, for one and for many, has 1 to %(longest)s characters that can be printed."),
        "earning.wallet_changed_meanwhile": _(
            "Somebody else changed the wallet meanwhile: it is at version %(version)s, you saw version %(seen)s. Open it again."
        ),
        "earning.wallet_since_before": _(
            "Terms of this wallet hold since %(earliest)s already, and what was given by them is not decided again. "
            "Let the new ones begin then or later."
        ),
        "earning.wallet_warns_of_nothing": _("Points that never end need no warning. Enter 0, or let them end."),
        "earning.wallet_warns_too_early": _("These points live %(most)s days. Warn of their end at most as many days before."),
        "earning.wallet_days_invalid": _("Points live 1 to %(most)s days."),
        "earning.wallet_months_invalid": _("Points live on for 1 to %(most)s months."),
        "earning.wallet_date_invalid": _("Enter a day and a month that there are, such as 31 and 12."),
        "earning.wallet_grace_invalid": _("The days of grace lie between 0 and %(most)s."),
        "earning.wallet_grace_of_nothing": _(
            "Days of grace follow an end that points have of their own. Choose such an end, or enter 0; for who stays active, add months."
        ),
        "earning.wallet_setting_of_nothing": _("Points that end in this way need no such number. Enter 0, or choose another end."),
        "earning.wallet_limit_of_times": _("A wallet has limits of points, not of times. Limit the times in a rule."),
        "earning.wallet_number_invalid": _("Enter a whole number between 0 and %(most)s."),
        "earning.points_not_positive": _("Enter a number of points above zero."),
        "earning.points_too_exact": _("The points of this wallet have at most %(decimals)s decimals."),
        "earning.points_zero": _("Enter how many points to give, or with a minus how many to take."),
        "earning.not_enough_points": _(
            "This takes %(wanted)s, but the account can spend only %(available)s: it is short of %(missing)s.%(later)s"
        ),
        "earning.account_is_blocked": _(
            "The points account is blocked since %(since)s: nothing of it can be spent or passed on. Staff see the reason on its page, "
            "and can unblock it."
        ),
        "earning.account_is_blocked_already": _("The points account is blocked since %(since)s already."),
        "earning.account_is_not_blocked": _("The points account is not blocked."),
        "earning.account_is_unblocked_already": _("The points account is not blocked: it can be used since %(since)s."),
        "earning.customer_not_active": _("The customer is not active. Activate them first."),
        "earning.hold_too_long": _("Points can be kept aside for at most %(days)s days from now."),
        "earning.period_backwards": _("The period begins after its end, %(as_of)s. Choose an earlier beginning or a later end."),
        "earning.hold_ends_before_now": _("Points are kept aside until a time ahead: enter one later than now, at most a week away."),
        "earning.hold_unknown": _("No points are kept aside under this number. Look it up in the account."),
        "earning.hold_confirmed": _("These points were spent on %(spent_at)s already: what was kept aside is spent once."),
        "earning.hold_released": _("These points were released on %(released_at)s, and are free again. Keep them aside again."),
        "earning.hold_ended": _("The points were kept aside until %(ended_at)s, and are free again. Keep them aside again."),
        "earning.spend_unknown": _("No points were spent under this number. Look it up in the statement."),
        "earning.restored_before": _("Everything of this, %(points)s, has been given back already."),
        "earning.restored_too_much": _("Of this, %(left)s can be given back at most."),
        "earning.reason_missing": _("Enter a reason: others will want to understand it later."),
        "earning.reason_invalid": _("The reason has at most %(longest)s characters that can be shown."),
        "earning.lot_unknown": _("The account has no such lot. Choose one from its list."),
        "earning.lot_is_empty": _("Nothing is left of this lot. Choose another one, or correct the points of the account."),
        "earning.correction_unknown": _("There is no such correction. Choose one from the list of corrections."),
        "earning.correction_is_decided": _("This correction was decided before. Propose a new one if the points are still wrong."),
        "earning.second_person_needed": _("You proposed this correction yourself. Somebody else has to approve it."),
        "earning.program_approves_nothing": _("A program cannot approve a correction. A member of staff has to do it."),
        "earning.lot_too_large_for_one": _(
            "This lot still has %(points)s, and you corrected %(before)s on this account within 24 hours. "
            "Above %(most)s a second person has to agree. Correct the points instead: the correction waits for approval."
        ),
    }
)
