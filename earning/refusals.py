"""The sentences of earning's refusals."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

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
        "earning.quantity_invalid": _("A quantity is above zero and has at most three decimals."),
        "earning.tax_rate_invalid": _("The tax rate of line %(line)s must lie between 0 and 100 percent."),
        "earning.text_too_long": _("This text is too long: at most %(longest)s characters are possible."),
        "earning.unprintable_text": _("This text holds characters that cannot be shown. Type it again."),
        "earning.too_many_labels": _("At most %(most)s labels are possible."),
        "earning.price_invalid": _("A unit price has at most %(decimals)s decimals and %(digits)s digits before them."),
        "earning.in_the_future": _("The time lies in the future. Check the date and the clock."),
        "earning.too_long_ago": _("The time lies more than %(days)s days back. Ask an administrator to record it."),
        "earning.other_currency": _("Purchases are in %(expected)s here, not in %(given)s."),
        "earning.customer_unknown": _("There is no such customer. Search again by phone, card or code."),
        "earning.customer_missing": _("Name the customer: by id, phone, email, card or code."),
        "earning.customer_inactive": _("The customer is inactive and earns nothing. Activate them first."),
        "earning.purchase_is_anothers": _("The purchase %(document)s belongs to another customer. Search for the right document."),
        "earning.customer_named_twice": _("Name the customer in one way only: by id, phone, email, card or code."),
        "earning.too_many_points": _("So many points do not fit an account. Check the total and the rules."),
        "earning.place_missing": _("Name the point of sale, or the merchant of an online sale."),
        "earning.place_unknown": _("There is no such point of sale, or it is not one of yours."),
        "earning.place_inactive": _("%(place)s is not active. Activate it, or choose another point of sale."),
        "earning.purchase_unknown": _("There is no such purchase."),
        "earning.other_merchant": _("The purchase was made at another merchant. Goods come back where they were bought."),
        "earning.other_customer": _("The purchase belongs to another customer. Open it again."),
        "earning.returned_before_sale": _("The return lies before the sale. Check the date."),
        "earning.line_unknown": _("The purchase has no line %(line)s."),
        "earning.returned_by_quantity": _("Line %(line)s comes back by quantity, not by amount."),
        "earning.returned_by_amount": _("Line %(line)s was sold by amount: enter the amount that comes back."),
        "earning.returned_nothing": _("Enter how much of line %(line)s comes back."),
        "earning.returned_too_much": _("Only %(left)s of line %(line)s is left to return."),
        "earning.nothing_left": _("Everything of the purchase %(document)s came back before."),
        "earning.return_of_less_than_nothing": _("A discount comes back together with its goods."),
        "earning.return_of_more_than_paid": _("More would come back than was paid. Return the discount together with its goods."),
        "earning.rule_unknown": _("There is no such rule."),
        "earning.rule_name_invalid": _("A rule needs a name of at most %(longest)s characters."),
        "earning.rule_points_invalid": _("The points of a rule are above zero and at most %(most)s."),
        "earning.rule_points_too_exact": _("The points of a rule have at most %(decimals)s decimals."),
        "earning.rule_amount_invalid": _("The amount of a rule is above zero."),
        "earning.rule_currency_invalid": _("Rules are in the currency of the programme, %(expected)s."),
        "earning.rule_changed_meanwhile": _(
            "Somebody else changed the rule meanwhile: it is at version %(version)s, you saw version %(seen)s. Open it again."
        ),
        "earning.rule_is_active": _("The rule is active already."),
        "earning.rule_is_not_active": _("The rule is not active."),
        "imports.quantity_invalid": _("A quantity is not zero and has at most three decimals."),
        "imports.customer_unknown": _("No customer has this. Import the customers first, or let new customers be made."),
        "imports.several_customers": _("The rows of this document name different customers."),
        "imports.document_incomplete": _("Another row of this document cannot be taken in; a document is taken in whole or not at all."),
        "imports.return_unmatched": _("%(quantity)s of %(sku)s came back by %(document)s, but no earlier sale to this customer has it."),
    }
)
