"""The project, and the kernel that every context stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery import Celery

    celery_app: Celery

__all__ = ["celery_app"]


def __getattr__(name: str) -> Any:
    # Loaded when somebody asks: the pure domain and the embedded servers need neither Celery nor Django.
    if name == "celery_app":
        from loyalty.celery import app

        return app
    raise AttributeError(name)
