"""The sentences of what is refused of custom events and their types."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "earning.event_not_for_customers": _("Such events are not taken from customers. The shop reports them."),
        "earning.event_brings_nothing": _("This brings no points now, so it was not kept: a limit is reached, or a condition is not met."),
        "earning.custom_event_unknown": _("There is no such custom event of this customer."),
        "earning.custom_event_type_unknown": _("There is no such type of custom events. Add it first, or check the code."),
        "earning.custom_event_type_inactive": _("Events of the type “%(code)s” are not taken now. Activate it first."),
        "earning.custom_event_code_invalid": _(
            "The code begins with a letter and has small letters, digits, hyphens and underscores: at most %(longest)s, such as app_review."
        ),
        "earning.custom_event_code_taken": _("There is a type of custom events with the code “%(code)s”. Choose another one."),
        "earning.custom_event_names_incomplete": _("Name the type in Vietnamese, English and Polish, each once."),
        "earning.custom_event_type_changed_meanwhile": _(
            "Somebody else changed the type meanwhile: it is at version %(version)s, you saw version %(seen)s. Open it again."
        ),
        "earning.custom_event_differs": _(
            "Another event was reported under this reference before; it differs in: %(fields)s. Report it under a reference of its own."
        ),
        "earning.event_reference_missing": _("Give the event a reference, such as its number where it happened."),
        "earning.schema_of_no_object": _("Attributes are an object: a schema of them begins with “type”: “object”."),
        "earning.schema_part_invalid": _("A schema is an object, such as {“type”: “string”}."),
        "earning.schema_type_missing": _("Each part of a schema has one type of these: %(known)s."),
        "earning.schema_keyword_unknown": _("“%(name)s” is not possible for the type %(type)s. Possible are: %(known)s."),
        "earning.schema_value_invalid": _("“%(name)s” cannot have this value in a schema."),
        "earning.schema_range_empty": _("Nothing fits: “%(least)s” is above “%(most)s”."),
        "earning.schema_required_unknown": _("“%(name)s” is required, but is not among the properties."),
        "earning.schema_too_large": _(
            "A schema has at most %(most)s parts, %(deepest)s within each other, and %(longest)s characters of JSON."
        ),
        "earning.attribute_name_invalid": _(
            "An attribute is called by a letter, then letters, digits, hyphens and underscores: at most 60, such as stars."
        ),
        "earning.attribute_number_invalid": _("A number lies between -%(most)s and %(most)s, and has at most %(digits)s decimals."),
        "earning.attributes_too_large": _(
            "Attributes have at most %(most)s values, %(deepest)s within each other, and %(longest)s characters of JSON."
        ),
        "earning.attribute_missing": _("The attribute “%(name)s” is needed."),
        "earning.attribute_unknown": _("There is no attribute “%(name)s”. The attributes are: %(known)s."),
        "earning.attribute_of_other_type": _("This is of the type %(type)s."),
        "earning.attribute_not_listed": _("This is one of: %(known)s."),
        "earning.attribute_length": _("This text has %(least)s to %(most)s characters."),
        "earning.attribute_items": _("This list has %(least)s to %(most)s entries."),
        "earning.attribute_not_written_so": _("This is not written as %(format)s, such as 2026-01-31 or 2026-01-31T08:00:00+07:00."),
        "earning.attribute_too_small": _("This is at least %(end)s."),
        "earning.attribute_too_large": _("This is at most %(end)s."),
        "earning.attribute_not_above": _("This is above %(end)s."),
        "earning.attribute_not_below": _("This is below %(end)s."),
    }
)
