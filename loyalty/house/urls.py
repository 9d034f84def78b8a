"""`house:accent` everywhere; `house:styleguide` where nothing is sold."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from loyalty.house import views

app_name = "house"
urlpatterns = [path("house/accent/<slug:color>.css", views.accent, name="accent")]
if settings.LOYALTY_MODE != "production":
    urlpatterns.append(path("styleguide/", views.styleguide, name="styleguide"))
