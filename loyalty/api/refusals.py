"""What the API itself refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loyalty.messages.refusals import register_all

register_all(
    {
        "request.invalid": _("The information entered is not correct."),
        "request.dry_run": _("This request cannot be tried without doing it."),
        "request.query_unknown": _("There is no parameter %(name)s."),
        "auth.required": _("Sign in: this request carries no valid token."),
        "auth.forbidden": _("Your role does not allow this."),
        "auth.for_persons": _("Only a member of staff may do this, not a program: use a token that was issued for a person."),
        "auth.for_programs": _("This is for programs: call it with a token that belongs to a role, not to a person."),
        "auth.for_customers": _("This is for customers: call it with the token of a customer."),
        "request.not_found": _("There is nothing at this address."),
        "request.method": _("This address does not answer %(method)s."),
        "request.media_type": _("Send the request as application/json."),
        "request.not_acceptable": _("The answer is only available as application/json."),
        "request.throttled": _("Too many requests. Wait %(seconds)s, then try again."),
        "request.unavailable": _("The service is not available for a moment. Send the same request again."),
        "request.failed": _("Something went wrong on our side. Tell support the request id."),
        "idempotency.key_missing": _(
            "Send a header Idempotency-Key with 1 to 255 printable characters, a new one for each thing to be done."
        ),
        "idempotency.key_reused": _("This Idempotency-Key was used for another request. Use a new one."),
        "idempotency.in_flight": _("The first request with this Idempotency-Key is still being carried out. Ask again in a moment."),
        "json.invalid": _("The body is not JSON."),
        "json.not_utf8": _("The body is not UTF-8."),
        "json.too_large": _("The body is larger than one megabyte."),
        "json.too_deep": _("The body is nested too deeply."),
        "json.key_twice": _("This key appears twice."),
        "json.nul": _("Text must not contain the character NUL."),
        "json.lone_surrogate": _("Text must not contain half a character (a lone surrogate)."),
        "json.not_a_number": _("NaN and Infinity are no numbers here."),
        "json.number_too_large": _("This number is too large."),
        "field.required": _("This field is needed."),
        "field.unknown": _("There is no such field."),
        "field.wrong_type": _("This has the wrong type."),
        "field.out_of_range": _("This number is out of range."),
        "field.length": _("This has the wrong length."),
        "field.pattern": _("This does not have the right form."),
        "field.choice": _("This is not one of the choices."),
        "field.choice_of": _("This is not one of the choices: %(choices)s."),
        "field.uuid": _("This is not an id."),
        "field.datetime": _("Give a date and time with time zone, such as 2026-01-31T08:00:00+07:00."),
        "field.year": _("Give a time in the years 1900 to 9997."),
        "field.date": _("Give a date such as 2026-01-31."),
        "field.decimal": _("Give a number such as 12.50."),
        "field.invalid": _("This is not correct."),
        "cursor.invalid": _("The link to the next page is not valid here. Begin with the first page."),
    }
)
