"""The sentences of what an import of purchases refuses."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "imports.quantity_invalid": _("A quantity is not zero and has at most three decimals."),
        "imports.customer_unknown": _("No customer has this. Import the customers first, or let new customers be made."),
        "imports.several_customers": _("The rows of this document name different customers."),
        "imports.kind_unknown": _("There is no such kind of line. Possible are: %(known)s."),
        "imports.tax_rate_invalid": _("A tax rate is a percentage between 0 and 100, with at most two decimals."),
        "imports.currency_unknown": _("There is no such currency. Possible are: %(known)s."),
        "imports.several_currencies": _("The rows of this document name different currencies."),
        "imports.tax_included_differs": _(
            "One row of this document says that prices include tax, another that they do not. Say the same in all its rows."
        ),
        "imports.document_incomplete": _("Another row of this document cannot be taken in; a document is taken in whole or not at all."),
        "imports.return_unmatched": _("%(quantity)s of %(sku)s came back by %(document)s, but no earlier sale to this customer has it."),
    }
)
