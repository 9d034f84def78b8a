"""The sentences of the refusals of rewards."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "rewards.text_missing": _("Fill this in."),
        "rewards.text_too_long": _("This text is too long: at most %(longest)s characters are possible."),
        "rewards.text_unprintable": _("This text holds characters that cannot be shown. Type it again."),
        "rewards.text_personal": _(
            "A phone number or an email address does not belong here: it would stay when the customer is erased. Write it to the customer."
        ),
        "rewards.number_out_of_range": _("Enter a number from %(least)s to %(most)s."),
        "rewards.date_out_of_range": _("The date lies too far away: choose a year from 2000 to 2199."),
        "rewards.kind_missing": _("Say what the reward gives: exactly one kind."),
        "rewards.period_invalid": _("The last day must not lie before the first, and at most %(most)s days are possible."),
        "rewards.ends_before_start": _("The end must lie after the beginning."),
        "rewards.weekdays_invalid": _("Weekdays are numbers from 1 (Monday) to 7 (Sunday), each once."),
        "rewards.hours_invalid": _("Hours begin and end at different minutes of the day, from 0 to 1440."),
        "rewards.per_point_invalid": _("What a point is worth is above zero and has at most six decimals."),
        "rewards.skus_missing": _("Name the goods of which one is free: from 1 to 200."),
        "rewards.prizes_invalid": _("A draw has from 1 to %(most)s prizes, each with a code of its own."),
        "rewards.cashback_has_no_price": _("Cashback has no price of its own: customers say how many points they spend."),
        "rewards.price_for_whom": _("Say for which level, or for which segment, this price is: one of the two."),
        "rewards.limit_twice": _("There are two limits for the same period. Keep one of them."),
        "rewards.too_many_listed": _("At most %(most)s can be listed here."),
        "rewards.link_invalid": _("A link begins with https://."),
        "rewards.codes_invalid": _("Codes are generated, taken from stock, or one for all."),
        "rewards.prefix_invalid": _("A prefix has at most 8 capital letters and digits, without I, L, O and U."),
        "rewards.languages_invalid": _("Texts are in Vietnamese, English and Polish, each language once."),
        "rewards.too_many_photos": _("A reward has at most %(most)s photos."),
        "rewards.reward_unknown": _("There is no such reward."),
        "rewards.changed_meanwhile": _(
            "“%(name)s” was changed meanwhile: you saw version %(seen)s, now it is version %(version)s. Open it again."
        ),
        "rewards.wallet_stays": _(
            "The reward was offered for points of the wallet %(wallet)s and stays with it. Make another reward for another wallet."
        ),
        "rewards.is_active": _("“%(name)s” is active already."),
        "rewards.is_not_active": _("“%(name)s” is not active: there is nothing to pause."),
        "rewards.is_ended": _("“%(name)s” has ended on %(ends_at)s for good. Copy it to offer it again."),
        "rewards.starts_after_end": _("It would begin after its end, %(ends_at)s. Move the end first."),
        "rewards.end_is_over": _("The end lies in the past. End it now, or choose a time to come."),
        "rewards.ends_or_never": _("Say when the reward ends, or that it does not, but not both."),
        "rewards.level_unknown": _("There is no level “%(named)s”. Name the code of one that is in a level set."),
        "rewards.segment_unknown": _("There is no segment “%(named)s”. Name the code of one that is there."),
        "rewards.merchant_unknown": _("There is no merchant %(named)s, or it is not active. Name the id of one that is."),
        "rewards.place_unknown": _("There is no point of sale %(named)s, or it is not open. Name the id of one that is."),
        "rewards.not_to_be_had": _("“%(name)s” cannot be had now. Choose another reward."),
        "rewards.not_yet": _("“%(name)s” can be had from %(starts_at)s on."),
        "rewards.not_at_this_time": _("“%(name)s” cannot be had at this time. Look at its days and hours."),
        "rewards.points_unseen": _("Leave out the points: who may not see accounts tries it with the least that it takes."),
        "rewards.points_lacking": _("The customer has too few points for this reward."),
        "rewards.not_for_points": _("This reward is not sold for points."),
        "rewards.for_levels": _("“%(name)s” is for customers with one of these levels: %(levels)s."),
        "rewards.for_others": _("“%(name)s” is for other customers."),
        "rewards.place_missing": _("Name the point of sale: its code, or its id."),
        "rewards.not_here": _("This reward is not for this point of sale. Look at where it can be used."),
        "rewards.basket_too_small": _("This needs a purchase of %(enough)s: %(missing)s are missing."),
        "rewards.no_such_goods": _("None of the goods are among those for which this reward is."),
        "rewards.points_of_choice": _("Say how many points to spend: from %(least)s to %(most)s."),
        "rewards.less_than_least_points": _("At least %(least)s points are spent at once: they pay more than the %(left)s left to pay."),
        "rewards.takes_nothing_off": _("“%(name)s” takes nothing off this purchase. Leave it for another one."),
        "rewards.cashback_not_given": _("“%(name)s” is worth what is paid for it and cannot be given. Give a gift code instead."),
        "rewards.price_is_fixed": _("This reward has a fixed price: do not say how many points to spend."),
        "rewards.out_of_stock": _("There is not enough left of “%(name)s”: %(left)s. Choose another reward."),
        "rewards.out_of_codes": _("There are no codes left for “%(name)s” now. Choose another reward, or try again later."),
        "rewards.codes_not_from_stock": _("The codes of this reward are not taken from stock. Say so in its terms first."),
        "rewards.codes_not_shared": _("The customers of this reward do not share one code. Say so in its terms first."),
        "rewards.code_unreadable": _("A code has from %(least)s to %(most)s letters from A to Z and digits, without accents."),
        "rewards.code_taken": _("There is such a code already. Choose another."),
        "rewards.code_twice": _("The same code stands in line %(line)s of the file."),
        "rewards.code_there": _("This code was there already: codes of the programme are all different."),
        "rewards.too_many_codes": _("At most %(most)s codes are taken from one file. Split it into several files."),
        "rewards.code_not_good": _("This code is not good. Look whether it is typed right, and until when it could be used."),
        "rewards.code_yours": _("You have this reward already: it stands under your rewards."),
        "rewards.batch_unknown": _("There is no such batch of codes."),
        "rewards.batch_withdrawn": _("These codes were withdrawn on %(withdrawn_at)s. Make new ones."),
        "rewards.batch_not_filled": _("These codes are still being made. Wait until all are there."),
        "rewards.batch_for_all": _("This is one code for all customers: it is passed on as it was added, and not exported."),
        "rewards.codes_too_short": _(
            "So short a code can be guessed among %(codes)s: with the same kind of characters it needs %(least)s of them at least."
        ),
        "rewards.batch_exported": _("These codes went out on %(exported_at)s by %(exported_by)s; they do so once. Make new ones."),
        "rewards.limit_reached": _("A customer gets “%(name)s” %(most)s times at most, and has had that."),
        "rewards.limit_reached_until": _("A customer gets “%(name)s” %(most)s times at most in this period: again from %(again)s on."),
        "rewards.budget_spent": _("Of the budget of today for “%(name)s” only %(left)s are left. Try again tomorrow."),
        "rewards.coupon_unknown": _("There is no such coupon."),
        "rewards.too_many_guesses": _("Too many codes were wrong. Try again from %(until)s."),
        "rewards.coupon_used": _("The coupon was used on %(used_at)s. A coupon can be used once."),
        "rewards.coupon_expired": _("The coupon has expired: it was good until %(ends_at)s."),
        "rewards.coupon_not_yet": _("The coupon is good from %(active_from)s on."),
        "rewards.coupon_cancelled": _("The coupon was cancelled and is good no more."),
        "rewards.coupon_reserved": _("The coupon is kept for a purchase until %(until)s. Finish that purchase, or wait."),
        "rewards.basket_unknown": _("There is no such basket."),
        "rewards.basket_confirmed": _("The purchase of this basket was made already."),
        "rewards.basket_released": _("What was kept for this basket was freed. Choose the rewards again."),
        "rewards.basket_ended": _("What was kept for this basket was kept until %(ended_at)s. Choose the rewards again."),
        "rewards.too_many_baskets": _(
            "%(most)s baskets are kept already, all that one customer has at once. Finish or free one of them, or wait until %(until)s."
        ),
        "rewards.choices_missing": _("Choose from 1 to %(most)s rewards."),
        "rewards.choice_of_one": _("A choice is a reward or a coupon: name one of the two."),
        "rewards.lines_missing": _("A basket has from 1 to %(most)s lines."),
        "rewards.not_together": _("“%(name)s” cannot be used together with “%(other)s”. Keep one of them."),
        "rewards.not_in_baskets": _("“%(name)s” is redeemed by itself, not with a purchase."),
        "rewards.coupon_twice": _("The same coupon is there twice."),
        "rewards.total_differs": _(
            "This purchase costs %(total)s with its rewards, not %(shown)s. Tell the customer, and confirm with the right total."
        ),
        "rewards.total_missing": _("Say what the purchase costs, as it was shown: the total with its rewards."),
        "rewards.document_recorded": _("The document %(document)s was recorded before. Check the number."),
        "rewards.coupon_not_used": _("The coupon is not used: there is nothing to take back."),
        "rewards.gift_is_sent": _("This gift is sent to an address and not handed out here: it comes by itself."),
        "rewards.gift_not_sent": _("Nothing is sent with this coupon: it is no gift that is sent to an address."),
        "rewards.gift_without_address": _("Nobody has said yet where to send it. Enter the address first."),
        "rewards.gift_not_shipped": _("The gift was not shipped yet. Mark it as shipped first."),
        "rewards.gift_shipped": _(
            "The gift was shipped on %(shipped_at)s: it goes where it was to go, and is cancelled only once it came back."
        ),
        "rewards.gift_delivered": _("The gift was delivered on %(delivered_at)s: nothing can be done about it any more."),
        "rewards.gift_phone_invalid": _("Enter a phone number under which the carrier reaches the recipient: at least %(fewest)s digits."),
        "rewards.purchase_of_another": _("This purchase belongs to another customer. Name one of this customer."),
        "rewards.purchase_returned": _("All of the purchase %(document)s came back: it brings nothing any more."),
        "rewards.purchase_other_currency": _(
            "The purchase was paid in %(currency)s: a share of it can only be given in the programme's currency."
        ),
        "rewards.share_without_purchase": _("Name the purchase of which it is a share."),
        "rewards.share_of_value": _("“%(name)s” is no amount: only discounts of an amount and gift codes can be a share of a purchase."),
        "rewards.shares_given": _(
            "Shares of one purchase are 100%% of it at most together: %(left)s%% are left, %(wanted)s%% are wanted. Give a smaller one."
        ),
        "rewards.share_is_nothing": _("So small a share of the purchase is worth nothing. Choose a larger one."),
        "rewards.nothing_is_sent": _("“%(name)s” is not sent to an address. Leave the address out."),
        "rewards.segment_empty": _("Nobody is in this segment. Choose another, or fill it first."),
        "rewards.shown_code_over": _("This code is over: it changes every minute. Scan the one that the customer shows now."),
        "rewards.consent_missing": _("Ask the customer to open “Redeem at the till” in their app, and scan the code there."),
        "rewards.consent_unknown": _("This is no redeem code. Scan the one under “Redeem at the till” in the customer's app."),
        "rewards.consent_not_given": _(
            "This code says only who the customer is. Ask them to open “Redeem at the till” in their app, and scan the code there."
        ),
        "rewards.consent_of_another": _("The code shown belongs to another customer. Search for the right one."),
    }
)
