"""A till with a seller at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> Till:
    """The till LL-1, where the seller may sell and Nguyễn Văn Đường (0912 345 678) is known."""
    return Till(tenant, seller_user)


@pytest.fixture
def quiet_page(open_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Opens pages like `open_page`; at the end nothing may have been written to the console."""
    said: list[str] = []

    def make(*user: User, **options: Any) -> Any:
        page = open_page(*user, **options)
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield make
    assert [line for line in said if "status of 422" not in line] == []


@pytest.fixture
def at_the_till(till: Till, quiet_page: Callable[..., Any]) -> Any:
    """A page at the till LL-1, its seller signed in."""
    page = quiet_page(till.seller)
    page.goto("/till/LL-1/")
    return page
