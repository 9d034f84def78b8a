"""The administration's site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from loyalty.admin.navigation import offered
from loyalty.staff.permissions import USE_TILL


class LoyaltyAdminSite(UnfoldAdminSite):
    """Unfold's site, entered by the one sign-in page; what it offers comes from `loyalty.admin.navigation`."""

    index_title = _("Overview")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Lists over read models only: schedules, groups and whatever else a library brings belong to no tenant."""
        from loyalty.admin.read_model import ReadModelAdmin

        if admin_class is not None and issubclass(admin_class, ReadModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who is signed in without the right to enter goes to the till, or is told so; everybody else signs in first."""
        if request.user.is_authenticated and not self.has_permission(request):
            if request.method == "GET" and request.user.has_perm(USE_TILL):
                return HttpResponseRedirect("/till/")
            from loyalty.web import permission_denied

            return permission_denied(request, PermissionError())
        wanted = request.GET.get("next") or "/admin/"
        return HttpResponseRedirect(f"/login/?{urlencode({'next': wanted})}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One page for everybody, which counts the tries."""
        return HttpResponseRedirect(reverse("password"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: the sidebar and the home page come from `loyalty.admin.navigation`, not from what Django lists."""
        return []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The home page: every screen that the user may open."""
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "trail": [{"title": self.index_title}],
            "sections": offered(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin_kit/home.html", context)
