"""Swagger UI works under the policy of its page, from vendored files."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_documentation_opens_and_complains_of_nothing(page, live_port):
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    outside = []
    page.on("request", lambda r: outside.append(r.url) if ".localhost" not in r.url and not r.url.startswith("data:") else None)
    page.goto("/api/docs/")
    page.locator(".swagger-ui .info .title").wait_for(timeout=20_000)
    assert (said, outside) == ([], [])
