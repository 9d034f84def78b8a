"""Lists and pages over read models: they show, filter and find; what changes anything is a command form.

    @admin.register(CustomerRow)
    class CustomerAdmin(ReadModelAdmin):
        permission = SEE_CUSTOMERS
        list_display = ("name", "purchases", "total", "last_purchase_at")
        list_filter = ("state",)
        commands = {"register": RegisterForm}                # buttons above the list
        object_commands = {"edit": EditForm, "deactivate": DeactivateForm}     # buttons on the page of one row

        def find(self, request, text):                       # ids in order of relevance, from the search port
            return [hit.id for hit in queries.search(text, limit=self.list_per_page)]

A model needs one key of its own (`id`): in the database make it (tenant_id, id) by `loyalty.tenancy.rls.lead_with_tenant`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Field, IntegerField, Model, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from loyalty.admin import related
from loyalty.admin.export import Column, exported_list
from loyalty.admin.forms import CommandForm
from loyalty.admin.history import history_page
from loyalty.admin.pages import command_view
from loyalty.staff.permissions import EXPORT, SEE_HISTORY

HIDDEN = {"tenant_id", "tenant", "position"}


class CappedPaginator(Paginator):
    """Counts to ten thousand and no further: nobody leafs that far, and counting a million rows costs a second."""

    COUNTED = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.COUNTED].values("pk").count())


class CompletedList(ChangeList):
    """A list whose rows are completed page by page; where it is empty it offers what can be done."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        if any("\0" in text for texts in found.values() for text in texts):
            raise IncorrectLookupParameters("NUL")
        return found

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.command_links = self.model_admin._offered(request, self.model_admin.commands)
        found: list[Any] = list(cast(Any, self).result_list)
        self.result_list: Any = self.model_admin.listed(request, found)
        self.result_count += len(self.result_list) - len(found)
        self.model_admin.complete(request, self.result_list)


class ReadModelAdmin(ModelAdmin):
    """A read-only list and page of one read model. Subclasses set `permission` and what they offer."""

    permission: ClassVar[str]
    commands: ClassVar[dict[str, type[CommandForm]]] = {}
    """Forms of the list by the last part of their address; the URL is named `<app>_<model>_<key>`."""
    object_commands: ClassVar[dict[str, type[CommandForm]]] = {}
    """Forms of one row, each with the row as its `subject`."""

    figures: ClassVar[Sequence[str]] = ()
    """Columns of the list that hold figures: they stand at the right."""
    unbroken: ClassVar[Sequence[str]] = ()
    """Columns of the list that keep to one line."""
    streamed_at_most: ClassVar[int] = 5_000
    """So many rows are written into a file while somebody waits; more in the background."""
    empty: ClassVar[Any] = ""
    """What brings the first row, for a list that has none."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 25
    actions = None
    change_list_template = "admin_kit/list.html"
    change_form_template = "admin_kit/row.html"
    list_filter_submit = False

    # -- for contexts -----------------------------------------------------------------------------

    def find(self, request: HttpRequest, text: str) -> Sequence[Any] | None:
        """Ids that match what somebody typed, best first; None where the list has no search box."""
        return None

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Put on the rows of one page what other contexts know of them: one question for all, not one for each."""

    def listed(self, request: HttpRequest, rows: list[Any]) -> list[Any]:
        """The first rows of the list as it is shown, where something stands in it that is in no table."""
        return rows

    def streams(self, row: Any) -> Sequence[UUID]:
        """The streams whose events the history page shows; none: there is no history page."""
        return [row.pk] if isinstance(row.pk, UUID) else []

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        """What a file of the list has of each row, as far as the reader may see it; none: there is no file."""
        return ()

    # -- who may ----------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(self.permission))

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # -- what is shown ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.filter(tenant_id=request.tenant.id)  # type: ignore[attr-defined]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CompletedList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return self._completed(request, found)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        if self.fields or self.fieldsets:
            return list(super().get_fields(request, obj))
        return [f.name for f in self.model._meta.concrete_fields if f.name not in HIDDEN and not _is_opaque(f)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [*super().get_readonly_fields(request, obj), *[f.name for f in self.model._meta.concrete_fields]]

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        searches = type(self).find is not ReadModelAdmin.find
        return self.search_fields or (("pk",) if searches else ())

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        found = self.find(request, search_term.strip())
        if found is None:
            return cast("tuple[QuerySet[Any], bool]", super().get_search_results(request, queryset, search_term))
        rows = queryset.filter(pk__in=found)
        if "o" in request.GET or not found:
            return rows, False
        order = Case(*(When(pk=key, then=place) for place, key in enumerate(found)), output_field=IntegerField())
        return rows.order_by(order), False

    # -- pages ------------------------------------------------------------------------------------

    def name_of(self, page: str) -> str:
        """The name of the URL of one of this list's pages: `admin:<app>_<model>_<page>`."""
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_urls(self) -> list[URLPattern]:
        plain = [self._path(f"{key}/", key, form, None) for key, form in self.commands.items()]
        rows = [self._path(f"<path:object_id>/{key}/", key, form, self.row) for key, form in self.object_commands.items()]
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        file = path("export/", self.admin_site.admin_view(lambda request: exported_list(self, request)), name=name)
        return [file, *plain, *rows, *super().get_urls()]

    def _path(self, route: str, key: str, form: type[CommandForm], find: Any) -> URLPattern:
        back = self._page_of if find else lambda _: reverse(self.name_of("changelist"))
        view = command_view(form, self.admin_site, find=find, back=back, trail=lambda row: self.trail(row, form.title))
        return cast(URLPattern, path(route, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{key}"))

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """One row by its key as text; None when it is not there, or another tenant's."""
        try:
            return self._completed(request, self.get_queryset(request).filter(pk=self.model._meta.pk.to_python(object_id)).first())
        except (ValidationError, ValueError):
            return None

    def _completed(self, request: HttpRequest, row: Any) -> Any:
        if row is not None:
            self.complete(request, [row])
        return row

    def trail(self, row: Any = None, title: Any = None) -> list[dict[str, Any]]:
        """The way to a page: the list, the row, the page's own title."""
        parts = [{"title": capfirst(self.opts.verbose_name_plural), "link": reverse(self.name_of("changelist"))}]
        if row is not None:
            parts.append({"title": str(row), "link": self._page_of(row)})
        return [*parts, {"title": title}] if title else parts

    def _page_of(self, row: Any) -> str:
        return reverse(self.name_of("change"), args=[row.pk])

    def _offered(self, request: HttpRequest, forms: dict[str, type[CommandForm]], row: Any = None) -> list[dict[str, Any]]:
        args = [] if row is None else [row.pk]
        return [
            {"title": form.title, "url": reverse(self.name_of(key), args=args), "dangerous": form.dangerous, "icon": form.icon}
            for key, form in forms.items()
            if form.open_to(request.user)
            and (row is None or (form.offered(row) and form.offered_to(cast(Any, request.user).principal, row)))
        ]

    def _file(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The link to the list as a file, filtered as it is."""
        if not request.user.has_perm(EXPORT) or not self.export_columns(request):
            return []
        url = f"{reverse(self.name_of('export'))}?{request.GET.urlencode()}"
        return [{"title": _("Export"), "url": url, "dangerous": False, "quiet": True, "icon": "download"}]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {
            "title": capfirst(self.opts.verbose_name_plural),
            "trail": self.trail(),
            "command_links": [*self._offered(request, self.commands), *self._file(request)],
            "figures": self.figures,
            "unbroken": self.unbroken,
        }
        return cast(HttpResponse, super().changelist_view(request, more | (extra_context or {})))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more: dict[str, Any] = {"title": capfirst(self.opts.verbose_name), "show_close": False, "trail": self.trail(row)}
        if row is not None:
            history = bool(self.streams(row)) and request.user.has_perm(SEE_HISTORY)
            more |= {"command_links": self._offered(request, self.object_commands, row), "has_history": history}
            more |= {"related": related.offered(request, row)}
        return cast(HttpResponse, super().changeform_view(request, object_id, form_url, more | (extra_context or {})))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The stream behind a row, event by event."""
        return history_page(self, request, object_id)


def _is_opaque(field: Field[Any, Any]) -> bool:
    return field.get_internal_type() == "BinaryField"


def link(row: Model, page: str, label: str) -> str:
    """A link to a row's page in the administration, for a list's column."""
    from django.utils.html import format_html

    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])
    return format_html('<a href="{}" class="text-primary-600 underline dark:text-primary-300">{}</a>', url, label)
