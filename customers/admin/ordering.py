"""How the list of customers is sorted."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest

from loyalty.admin.read_model import CompletedList


class CustomerList(CompletedList):
    """Whoever shares a last name is sorted by the first one; whose birth date is not known stands last, whichever way they are sorted."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        ordering: list[Any] = []
        for one in super().get_ordering(request, queryset):
            if one in {"last_name", "-last_name"}:
                ordering += [one, one.replace("last", "first")]
            else:
                ordering.append(F("birth_date").desc(nulls_last=True) if one == "-birth_date" else one)
        return ordering
