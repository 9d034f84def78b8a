"""The way to a page: one entry of the menu says where the reader is."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("page", "entry"), [("register/", "Add customer"), ("", "All customers")])
def test_one_entry_is_the_active_one(admin_site, page: str, entry: str) -> None:
    html = admin_site.get(f"/admin/customers/customer/{page}").content.decode()
    active = [part.split("</a>")[0] for part in html.split("<a ") if ' active"' in part.split(">")[0]]
    assert len(active) == 1
    assert entry in active[0]
