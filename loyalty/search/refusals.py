"""What to tell a person whose search cannot be answered as asked."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "search.field": _("This list has no field %(name)s to search or sort by."),
        "search.value": _("The value of %(name)s cannot be searched for."),
        "search.limit": _("A page has between 1 and %(most)s entries."),
        "search.offset": _("The first %(most)s entries can be reached by page number. Narrow the search down to see others."),
        "search.cursor": _("The link to the next page is not valid for this list. Begin with the first page."),
    }
)
