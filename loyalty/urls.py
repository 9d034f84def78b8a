"""Every address of the platform.

A context has `<context>/urls.py` with two lists, either of which may be left out: `urlpatterns` for its pages,
mounted at "/", and `api_urlpatterns` for its REST endpoints, mounted at "/api/v1/".
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from loyalty import exposition, observability
from loyalty.staff import views as staff

CONTEXTS = ("customers", "earning", "rewards", "omnichannel", "support", "pos", "loyalty.jobs", "loyalty.files", "loyalty.webhooks")

handler400 = "loyalty.web.bad_request"
handler403 = "loyalty.web.permission_denied"
handler404 = "loyalty.web.page_not_found"
handler500 = "loyalty.web.server_error"


def collected(name: str) -> list[Any]:
    """The list `name` of the `urls` module of every context that has one."""
    installed = [context for context in CONTEXTS if context in settings.INSTALLED_APPS]
    found = [import_module(f"{context}.urls") for context in installed if find_spec(f"{context}.urls")]
    return [pattern for module in found for pattern in getattr(module, name, [])]


urlpatterns = [
    path("", RedirectView.as_view(url="/till/"), name="home"),
    path("admin/", admin.site.urls),
    path("login/", staff.sign_in, name="login"),
    path("login/code/", staff.enter_code, name="enter-code"),
    path("login/set-up/", staff.set_up_factor, name="set-up-factor"),
    path("logout/", staff.sign_out, name="logout"),
    path("account/", staff.account, name="account"),
    path("account/password/", staff.password, name="password"),
    path("account/second-factor/", staff.second_factor, name="second-factor"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("loyalty.house.urls")),
    path("health/live", observability.live),
    path("health/ready", observability.ready),
    path("metrics", exposition.exported_metrics),
    path("api/v1/", include(collected("api_urlpatterns"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    *collected("urlpatterns"),
]
