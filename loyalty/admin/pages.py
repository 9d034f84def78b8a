"""The page of a command form: shown and checked in the tenant's transaction, carried out in one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import NOT_CORRECT, CommandForm
from loyalty.bus import was_carried_out
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches

SENT_BEFORE = _("This form was sent before and counts once. Open its page anew for another change.")
CHANGED_MEANWHILE = _("This is not possible any more, because it was changed meanwhile. Nothing was saved.")
Find = Callable[[HttpRequest, str], Any]
Trail = Callable[[Any], list[dict[str, Any]]]


def command_view(
    form_class: type[CommandForm],
    site: Any,
    *,
    find: Find | None = None,
    back: str | Callable[[Any], str] = "/admin/",
    trail: Trail | None = None,
) -> Callable[..., HttpResponse]:
    """The view of one command form.

    `find(request, object_id)` gives the row that the page is about (None: 404); `back` is where to go afterwards, a
    path or a function of the row; `trail(row)` gives the titles and links that lead to the page. Wrap it in `site.admin_view`.
    """

    def view(request: HttpRequest, object_id: str | None = None, **extra: Any) -> HttpResponse:
        page = _Page(form_class, site, find, back, trail, request, object_id)
        return page.post() if request.method == "POST" else page.get()

    return dispatches(view)


class _Page:
    def __init__(
        self,
        form_class: type[CommandForm],
        site: Any,
        find: Find | None,
        back: str | Callable[[Any], str],
        trail: Trail | None,
        request: HttpRequest,
        object_id: str | None,
    ) -> None:
        self.form_class, self.site, self.find, self.back, self.trail = form_class, site, find, back, trail
        self.request, self.object_id = request, object_id
        self.tenant: Any = request.tenant  # type: ignore[attr-defined]

    def get(self) -> HttpResponse:
        with reading(self.tenant.id):
            return self._shown(self._form())

    def post(self) -> HttpResponse:
        if self.form_class.live and self.request.htmx:  # type: ignore[attr-defined]
            return self._live()
        with reading(self.tenant.id):
            if (answer := self._too_late()) is not None:
                return answer
            form = self._form(self.request.POST, self.request.FILES)
            rest = None if (ready := form.ready()) else form.rest()
        if not ready:
            form.try_rest(rest)
            return self._refused(form)
        try:
            result = form.carry_out()
        except DomainError as refusal:
            if refusal.code == "command.applied":
                return self._done(form, message(refusal), None, messages.INFO)
            form.refuse_all(refusal)
            return self._refused(form)
        return self._seen(form, result) if form.shows else self._done(form, form.confirm(result), form.next_url(result), messages.SUCCESS)

    def _seen(self, form: CommandForm, result: Any) -> HttpResponse:
        form.came_of = result
        with reading(self.tenant.id):
            return self._shown(form)

    def _too_late(self) -> HttpResponse | None:
        """Where a form leads that was sent before, or whose page is no longer offered; None for one that comes in time."""
        user: Any = self.request.user
        row = self.find(self.request, self.object_id) if self.find and self.object_id is not None else None
        sent = _id_or_none(self.request.POST.get("command_id", ""))
        if sent is None or (self.find and row is None) or not self.form_class.open_to(user):
            return None
        if was_carried_out(sent):
            messages.info(self.request, SENT_BEFORE)
        elif row is not None and not self.form_class.offered(row):
            messages.warning(self.request, CHANGED_MEANWHILE)
        else:
            return None
        return HttpResponseRedirect(self._back_of(row))

    def _live(self) -> HttpResponse:
        with reading(self.tenant.id):
            form = self._form(self.request.POST)
            ready = form.looks and form.ready()
        if ready:
            form.came_of = form.carry_out()
        with reading(self.tenant.id):
            return TemplateResponse(self.request, form.live, {"form": form}).render()

    def _refused(self, form: CommandForm) -> HttpResponse:
        with reading(self.tenant.id):
            return self._shown(form, 422)

    def _form(self, *given: Any) -> CommandForm:
        user: Any = self.request.user
        if not self.form_class.open_to(user):
            raise PermissionDenied
        subject = self.find(self.request, self.object_id) if self.find and self.object_id is not None else None
        if self.find and (subject is None or not self.form_class.offered(subject)):
            raise Http404
        return self.form_class(*given, tenant=self.tenant, principal=user.principal, subject=subject)

    def _shown(self, form: CommandForm, status: int = 200) -> HttpResponse:
        self.request.current_app = self.site.name
        context = self.site.each_context(self.request) | {
            "title": form.title,
            "subtitle": str(form.subject) if form.subject is not None else None,
            "form": form,
            "refused": NOT_CORRECT if form.errors else "",
            "back": self._back(form),
            "trail": self.trail(form.subject) if self.trail else [{"title": form.title}],
        }
        return TemplateResponse(self.request, form.template, context, status=status).render()

    def _done(self, form: CommandForm, said: str, next_url: str | None, level: int) -> HttpResponse:
        messages.add_message(self.request, level, said)
        return HttpResponseRedirect(next_url or self._back(form))

    def _back(self, form: CommandForm) -> str:
        return self._back_of(form.subject)

    def _back_of(self, row: Any) -> str:
        return self.back(row) if callable(self.back) else self.back


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
