"""What is refused of webhooks, in words."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "webhooks.url_wrong": _("Enter a whole address such as https://shop.example/hooks, of at most %(most)s characters."),
        "webhooks.url_letters": _(
            "The name in this address mixes letters of several alphabets, some of which look alike. Write it in one alphabet."
        ),
        "webhooks.url_user": _("Leave user name, password and # out of the address: the signature proves who sent it."),
        "webhooks.url_scheme": _("The address must begin with one of: %(schemes)s."),
        "webhooks.url_port": _("The port of the address must be one of: %(ports)s."),
        "webhooks.url_private": _("The address leads to no public place. Enter one that can be reached from the internet."),
        "webhooks.types_missing": _("Choose at least one event."),
        "webhooks.type_unknown": _("There is no event called %(type)s."),
        "webhooks.type_forbidden": _("This goes beyond your own rights: you may not see what %(type)s tells."),
        "webhooks.description_long": _("The description is too long: at most %(most)s characters are possible."),
        "webhooks.too_many": _("A programme has at most %(most)s webhook endpoints. Remove one first."),
        "webhooks.not_waiting": _("It does not wait any more."),
        "webhooks.not_settled": _("It waits to be sent already."),
        "webhooks.forgotten": _("What it told is forgotten with the customer."),
        "webhooks.paused": _("The endpoint is paused. Let it go on first."),
    }
)
