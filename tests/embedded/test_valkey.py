"""The embedded Valkey: asks for its password, forgets or keeps as told, comes back after a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import redis

from loyalty.embedded import Valkey

pytestmark = pytest.mark.durable


def test_it_keeps_what_it_is_told_to_keep_across_a_kill(place: Path) -> None:
    server = Valkey(place, durable=True)
    server.start()
    try:
        client = redis.Redis.from_url(server.url())
        client.config_set("appendfsync", "always")
        client.set("visit", "table 7")
        port = server.port
        server.kill()
        assert not server.running()
        server.start()
        assert server.port == port
        assert redis.Redis.from_url(server.url()).get("visit") == b"table 7"
    finally:
        server.stop()
    assert not server.running()


def test_it_asks_for_a_password_and_listens_on_loopback_only(place: Path) -> None:
    server = Valkey(place)
    server.start()
    try:
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port).ping()
        assert redis.Redis.from_url(server.url()).config_get("bind") == {"bind": "127.0.0.1"}
        assert Path(f"/proc/{server.notes['process']['pid']}").stat().st_uid != 0
    finally:
        server.stop()


def test_a_note_about_a_process_that_is_another_now_harms_nobody(place: Path) -> None:
    server = Valkey(place)
    server.start()
    server.stop()
    server.notes["process"] = {"pid": os.getpid(), "began": "long ago"}
    assert not server.running()
    server.start()
    try:
        assert server.answers()
    finally:
        server.stop()
