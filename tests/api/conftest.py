"""The toy context is at home under /api/v1/toy/ while these tests run."""

import pytest

import tests.api.box  # noqa: F401  its permissions are there before the first tenant gets its roles


@pytest.fixture(autouse=True)
def toy_urls(settings):
    from django.urls import clear_url_caches, set_urlconf

    settings.ROOT_URLCONF = "tests.api.box"
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()
