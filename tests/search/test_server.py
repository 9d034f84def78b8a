"""The Elasticsearch that the tests ask is the real one: of the pinned release, on loopback only, nobody's root, fit for a laptop."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from loyalty.embedded import archive

pytestmark = pytest.mark.search


@pytest.fixture
def node(elasticsearch: Any) -> dict[str, Any]:
    """What the embedded server says of itself."""
    if urlsplit(settings.ELASTICSEARCH_URL).hostname != "127.0.0.1":
        pytest.skip("this Elasticsearch is somebody else's")
    (found,) = elasticsearch.nodes.info(node_id="_local", metric="http,transport,process,jvm")["nodes"].values()
    return dict(found)


def test_it_is_of_the_pinned_release(node: dict[str, Any]) -> None:
    assert node["version"] == archive.VERSION


def test_it_listens_on_loopback_only(node: dict[str, Any]) -> None:
    addresses = [*node["http"]["bound_address"], *node["transport"]["bound_address"]]
    assert {address.rpartition(":")[0] for address in addresses} == {"127.0.0.1"}


def test_it_is_not_root_and_its_heap_is_that_of_a_laptop(node: dict[str, Any]) -> None:
    assert Path(f"/proc/{node['process']['id']}").stat().st_uid != 0
    assert node["jvm"]["mem"]["heap_max_in_bytes"] <= 512 * 2**20
