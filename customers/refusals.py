"""The sentences of the register's refusals."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "customers.not_found": _("There is no such customer. Search again by phone, card or code."),
        "customers.not_active": _("This customer does not take part. Activate them first."),
        "customers.token_unknown": _("The customer has no such token, or it was revoked before."),
        "customers.registered_before": _("This customer is registered already."),
        "customers.phone_taken": _("Another customer has this phone number. Search for the number to find them."),
        "customers.email_taken": _("Another customer has this email address. Search for the address to find them."),
        "customers.card_taken": _("Another customer has this card. Search for the card number to find them."),
        "customers.external_id_taken": _("Another customer has this external id. Search for the id to find them."),
        "customers.member_code_over": _(
            "This code is over, or was read at another till. Let the customer show the one that is on the card now."
        ),
        "customers.member_code_spent": _(
            "This code has paid for something already, and is good for that alone. Ask for the next one: it changes every minute."
        ),
        "customers.birth_date_known": _("Your birth date is known already. If it is wrong, let it be corrected in a shop."),
        "customers.phone_not_yours": _(
            "This number cannot become yours here. Sign in with it, or let both memberships be joined in a shop."
        ),
        "customers.door_missing": _("Leave phone or email open, or nobody comes in any more."),
        "customers.country_unknown": _("There is no country %(unknown)s. Use two letters, such as VN or PL."),
        "customers.months_invalid": _("Enter a number of months from 0 to %(most)s."),
        "customers.points_invalid": _("Enter a number of points, or leave the field empty."),
        "customers.terms_unknown": _("The programme published no terms of this version."),
        "customers.terms_unpublished": _(
            "The programme has published no terms. Say by any name of yours which wording somebody agrees to, such as app-1."
        ),
        "customers.terms_changed_meanwhile": _(
            "Somebody else published terms meanwhile: version %(version)s holds, you saw version %(seen)s. Open the page again."
        ),
        "customers.terms_text_missing": _("Write the terms in one language at least."),
        "customers.terms_language": _("Terms are in each of these languages once: %(known)s."),
        "customers.codes_exhausted": _("No free customer code was found. Try again."),
        "customers.nothing_known": _("Enter at least a phone number, an email address, a card, an external id or a name."),
        "customers.unprintable_text": _("This text holds characters that cannot be shown. Type it again."),
        "customers.text_too_long": _("This text has %(length)s characters; at most %(longest)s are possible."),
        "customers.too_many_labels": _("A customer has at most %(most)s labels. Remove some."),
        "customers.label_twice": _("The label “%(label)s” is there twice. Give it one value."),
        "customers.label_without_key": _("A label needs a name before its value."),
        "customers.email_invalid": _("Enter a complete email address, such as huong@example.com."),
        "customers.card_invalid": _("A card number has 3 to 40 letters and digits. Check the number on the card."),
        "customers.code_invalid": _("This is not a customer code, or a character is wrong. Check the eight characters."),
        "phone.not_mobile": _("A code cannot be sent to a landline. Enter a mobile phone number."),
        "phone.country": _("Codes are not sent to numbers of this country. Enter a number of a country where the programme is offered."),
        "customers.sign_in_way": _("Customers do not sign in this way here. Use %(known)s."),
        "customers.sign_in_one": _("Give a phone number or an email address, one of them."),
        "customers.code_wrong": _("This code is wrong, or not good any more. Check the digits, or ask for a new code."),
        "customers.code_shape": _("The code has %(digits)s digits. Type them as they stand in the message; this was not counted."),
        "customers.code_just_sent": _("A code was sent just now. A new one can be sent in %(seconds)s."),
        "customers.too_many_compares": _(
            "Too many wrong codes were typed for this. Try again from %(until)s, use a device on which you signed in before, "
            "or ask in a shop."
        ),
        "customers.too_many_codes": _("Too many codes were asked for. Wait %(seconds)s, then try again."),
        "customers.password_wrong": _("This does not match. Check the phone or email and the password, or sign in by a code."),
        "customers.too_many_passwords": _("Too many wrong passwords were typed. Try again from %(until)s, or sign in by a code."),
        "customers.passwords_closed": _("This programme takes no passwords. Sign in by a code."),
        "customers.proof_needed": _(
            "Show first that it is you: by your password, or by a code that is sent to you. That is good for a quarter of an hour."
        ),
        "customers.password_short": _("A password has at least %(least)s characters. Take some words that only you put together."),
        "customers.password_long": _("A password has at most %(most)s characters."),
        "customers.password_like_oneself": _("This is too much like your name, phone or email. Take something that nobody knows of you."),
        "customers.password_digits": _("Digits alone are guessed easily. Add letters."),
        "customers.password_common": _("Too many people have this password. Take another one."),
        "customers.passwords_differ": _("The two are not the same. Type the new password once more."),
        "customers.no_contact": _("Neither a phone nor an email of yours is known, so no code can be sent. Let a shop enter one."),
        "customers.challenge_over": _("This code is not good any more. Begin again and ask for a new one."),
        "customers.fact_missing": _("It has been a long time. Say your birth date or the number of your loyalty card too."),
        "customers.fact_wrong": _("This is not what is known. Check it, or ask in a shop."),
        "customers.fact_needed": _("Say your birth date or the number of your loyalty card first, or let a shop confirm who you are."),
        "customers.other_fact_needed": _(
            "More than a code is needed for this number: sign in with it once and say your birth date or card number, or ask in a shop."
        ),
        "customers.too_many_facts": _(
            "This was wrong several times. Try again from %(until)s, or go to a shop: staff can confirm at once who you are."
        ),
        "customers.terms_missing": _("To join, agree to the terms of the programme."),
        "customers.identifier_shared": _("A device that many people use says nothing about who somebody is, and leads to no customer."),
        "customers.link_missing": _("Give the id of the browser or account that leads to the customer."),
        "customers.link_unknown": _("This browser or account does not lead to the customer."),
        "customers.too_many_links": _("At most %(most)s browsers and accounts lead to a customer. Remove one first."),
        "customers.merged_with_itself": _("This is the same customer. Choose another one to merge with."),
        "customers.inactive_not_merged": _("One of the two does not take part. Activate them first, then merge."),
        "customers.is_merged": _("This customer was merged into another one. Open that one, or undo the merge first."),
        "customers.not_merged": _("This customer is not merged into another one any more. Nothing was changed."),
        "customers.unmerge_survivor_first": _(
            "Whoever this customer was merged into was merged into somebody else since. Undo that merge first."
        ),
        "customers.other_unknown": _("Nobody has this phone, email, card or code. Check it, or search by name in the list of customers."),
        "customers.other_ambiguous": _("Several customers are called so. Type the phone, card or code of the right one."),
        "customers.phone_not_proven": _("Sign in with a code to your own phone first. Then prove the other number."),
        "customers.nobody_to_merge": _("Nobody else is registered with this number. There is nothing to join."),
        "customers.was_erased": _(
            "Whoever has this asked to be forgotten, and does not come back by a file. Register them by hand if they join again."
        ),
        "customers.confirmed_another": _("This is the code of another customer. Type the code that stands above."),
        "customers.tax_number_invalid": _("A tax number has 5 to 22 digits and letters, such as 0312345678-001."),
        "customers.seller_unknown": _("No member of staff has this id. Check it, or leave it out."),
        "customers.referrer_unknown": _("Nobody has this code, phone, email or card. Check it, or leave the field empty."),
        "customers.invitations_closed": _("This programme takes no invitations at the moment."),
        "customers.invites_oneself": _("This is your own. Enter the phone number or email address of a friend."),
        "customers.invited_already": _("You have invited this friend before. The invitation is still open."),
        "customers.too_many_invitations": _("No more invitations can be sent there today. Pass on your link, or try again tomorrow."),
        "customers.invitation_unknown": _("There is no such invitation. Choose one from the list."),
        "customers.invitation_used": _("A friend has joined by this invitation. It cannot be withdrawn any more."),
        "customers.friend_one": _("Give a phone number or an email address, one of them."),
        "customers.no_card": _("The customer has no card. Enter its number first."),
        "customers.has_card": _("The customer has a card. Take its number away first."),
        "customers.terms_needed": _("Nobody takes part without the terms. Deactivate or erase the customer instead."),
        "customers.unknown_purpose": _("This is no purpose. Known are: %(known)s."),
        "customers.text_version_missing": _("Say to which version of the text they agree."),
        "customers.unknown_gender": _("Choose female, male or not disclosed."),
        "customers.unknown_language": _("The language is not known. Choose one of %(known)s."),
        "customers.birth_date_invalid": _("Enter a birth date between 1900 and today."),
        "imports.no_identifier": _(
            "A name alone does not tell customers apart. Add a phone number, an email address, a card or an external id to this row."
        ),
        "imports.customer_differs": _("Something else is known of this customer in this field. Edit the customer, or the file."),
        "customers.segment_unknown": _("There is no such segment. Choose one from the list."),
        "customers.segment_code_taken": _("Another segment has this code. Choose another one, or use that segment."),
        "customers.segment_code_invalid": _(
            "A code has letters from a to z without accents, digits, - and _, and at most %(longest)s characters."
        ),
        "customers.segment_name_missing": _("Give the segment a name that colleagues understand."),
        "customers.segment_has_criteria": _("Criteria decide who is in this segment. Change the criteria, or use another segment."),
        "customers.segment_is_static": _("This segment is filled by hand. Add a new segment with criteria."),
        "customers.criteria_missing": _("Choose at least one criterion."),
        "customers.too_many_criteria": _("At most %(most)s are possible here. Remove some."),
        "customers.criterion_unknown": _("There is no such criterion. Use one of %(known)s."),
        "customers.criterion_of_nothing": _("There is no %(name)s here. Choose one that exists."),
        "customers.criterion_incomplete": _("This criterion needs a value here."),
        "customers.criterion_meaningless": _("This criterion has nothing to do with it. Leave it empty."),
        "customers.criterion_number": _("Enter a number from %(lowest)s to %(largest)s."),
        "customers.criterion_range": _("The end lies before the beginning. Exchange the two."),
        "customers.criterion_period": _("Give either a number of days or two days, not both."),
        "customers.criterion_day": _("Enter a day from %(first)s to %(last)s."),
        "customers.too_many_values": _("At most %(most)s are possible here. Remove some."),
        "customers.reference_ambiguous": _("This means several customers. Use the customer code."),
        "customers.reason_missing": _("Give the reason, so that a colleague understands it later."),
    }
)
