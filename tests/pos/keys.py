"""A till in a browser, used by its keys."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect


def focused(page: Any, wanted: str) -> None:
    expect(page.locator(f"#{wanted}")).to_be_focused()


def find(page: Any, typed: str) -> None:
    """Type into the find field, and wait for the list."""
    focused(page, "q")
    page.keyboard.type(typed)
    page.locator("#hits").wait_for()


def open_first(page: Any, typed: str = "duong") -> None:
    find(page, typed)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    focused(page, "id_amount")
