"""Production's files agree with the settings, with the Makefile, and with what the embedded servers prove."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from loyalty.embedded import Postgres
from loyalty.embedded.postgres import SUPERUSER
from loyalty.embedded.providers import find_postgres
from loyalty.embedded.supervisor import processes
from tests.support.server import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "webhooks", "beat", "projector")
SERVICES: dict[str, Any] = COMPOSE["services"]
OF_THE_DEMO = {
    "SECURE_SSL_REDIRECT",
    "BEHIND_PGBOUNCER",
    "LOYALTY_LISTEN_URL",
    "SEARCH_PREFIX",
    "PROMETHEUS_DATABASE",
    "LOYALTY_ANCHOR_FILE",
    "JOB_SILENT_SECONDS",
}
"""Settings whose default is right for this composition, or that only some of its services need."""


def settings_names() -> dict[str, bool]:
    """Each variable that the settings read, and whether they start without it."""
    found = {}
    for node in ast.walk(ast.parse((CHECKOUT / "loyalty" / "settings.py").read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("env")), args=[ast.Constant(str(name)), *default], keywords=options):
                found[name] = bool(default) or any(option.arg == "default" for option in options)
    return found | {"DATABASE_OWNER_URL": True, "DATABASE_PROJECTOR_URL": True}


@pytest.mark.parametrize("service", OURS)
def test_every_variable_of_a_service_is_one_that_the_settings_read(service: str) -> None:
    assert set(SERVICES[service]["environment"]) - settings_names().keys() == set()


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_the_settings_need_is_given(service: str) -> None:
    needed = {name for name, optional in settings_names().items() if not optional}
    assert needed >= {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "LOYALTY_MASTER_KEYS", "LOYALTY_LOOKUP_KEYS"}
    assert needed - SERVICES[service]["environment"].keys() == set()


def test_every_variable_that_the_settings_know_is_given_somewhere_or_right_by_default() -> None:
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert settings_names().keys() - given - OF_THE_DEMO == set()


def test_each_role_is_where_it_belongs_and_nowhere_else() -> None:
    holders = {name: {s for s in OURS if name in SERVICES[s]["environment"]} for name in ("DATABASE_OWNER_URL", "DATABASE_PROJECTOR_URL")}
    assert holders == {"DATABASE_OWNER_URL": {"migrate"}, "DATABASE_PROJECTOR_URL": {"projector"}}
    for service in OURS:
        assert SERVICES[service]["environment"]["LOYALTY_MODE"] == "production"
        assert "//loyalty_app:" in SERVICES[service]["environment"]["DATABASE_URL"]


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            from_outside = re.fullmatch(r"\$\{[A-Z_]+:[?-]\}", str(value))
            if re.search("PASSWORD|SECRET|KEYS|TOKEN", variable):
                assert from_outside, (name, variable)
            if variable.endswith("_URL") and not from_outside:
                assert re.search(r":\$\{[A-Z_]+:\?\}@", str(value)), (name, variable)


@pytest.mark.parametrize("service", OURS)
def test_our_processes_run_without_rights_on_a_read_only_image(service: str) -> None:
    found = SERVICES[service]
    assert found["read_only"] is True
    assert found["user"] == "10001:10001"
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]


def test_every_service_says_how_it_is_and_only_web_has_a_port_on_loopback() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {"web": ["127.0.0.1:8000:8000"]}
    assert all("root" not in str(service["user"]) for service in SERVICES.values())


def test_a_projector_that_does_not_move_is_found_ill(tmp_path: Path) -> None:
    command, (how, check) = SERVICES["projector"]["command"], SERVICES["projector"]["healthcheck"]["test"]
    beat = command[command.index("--heartbeat") + 1]
    assert how == "CMD-SHELL"
    assert beat in check
    file = tmp_path / "beat"

    def well() -> bool:
        return (
            subprocess.run(["sh", "-c", check.replace("$$", "$").replace(beat, str(file))], check=False, capture_output=True).returncode
            == 0
        )

    assert not well()
    file.touch()
    assert well()
    os.utime(file, (time.time() - 150,) * 2)
    assert not well()


def test_a_web_that_answers_is_found_well_and_one_that_is_not_there_ill(live_port: int) -> None:
    _how, _python, option, script = SERVICES["web"]["healthcheck"]["test"]
    environment = os.environ | {"ALLOWED_HOSTS": "localhost, shop.example"}
    codes = [
        subprocess.run(
            [sys.executable, option, script.replace("8000", str(port))], check=False, env=environment, capture_output=True
        ).returncode
        for port in (live_port, free_port())
    ]
    assert codes == [0, 1]


def test_web_counts_with_all_its_workers_everywhere() -> None:
    image = next(line for line in (CHECKOUT / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    for arguments in (json.loads(image.removeprefix("CMD ")), processes(8123)["web"]):
        assert arguments[arguments.index("--config") + 1] == "python:loyalty.serving"


@pytest.mark.parametrize("name", ["worker", "webhooks"])
def test_what_waits_for_other_systems_has_a_worker_of_its_own_here_as_in_the_demo(name: str) -> None:
    told = ("--queues", "--pool", "--concurrency", "--hostname")
    here, demo = (
        {option: words[words.index(option) + 1] for option in told if option in words}
        for words in (SERVICES[name]["command"], processes(8123)[name])
    )
    assert here == demo
    assert here["--queues"] == {"worker": "celery", "webhooks": "webhooks"}[name]
    assert f" {here.get('--hostname', 'celery@%h').replace('%h', '$$HOSTNAME')} " in SERVICES[name]["healthcheck"]["test"][1]


def test_each_queue_of_tasks_is_some_workers(settings: Any) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {"celery"}
    assert {words[words.index("--queues") + 1] for words in processes(8123).values() if "--queues" in words} == routed


def test_everything_that_serves_waits_for_the_migration() -> None:
    for service in OURS[1:]:
        assert SERVICES[service]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def interpolated(value: str) -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+):\?\}", value))


@pytest.fixture
def composing() -> list[str]:
    if not shutil.which("docker-compose"):
        if os.environ.get("CI"):
            pytest.fail("docker-compose is not there: .ci/run installs it")
        pytest.skip("docker-compose is not installed")
    return ["docker-compose", "--file", str(CHECKOUT / "docker-compose.yml"), "config"]


def test_compose_accepts_the_file(composing: list[str]) -> None:
    names = interpolated((CHECKOUT / "docker-compose.yml").read_text())
    done = subprocess.run(composing, check=False, capture_output=True, text=True, env=os.environ | dict.fromkeys(names, "given"))
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


def test_compose_refuses_to_start_without_a_secret(composing: list[str]) -> None:
    names = interpolated((CHECKOUT / "docker-compose.yml").read_text())
    bare = {name: value for name, value in os.environ.items() if name not in names}
    for missing in ("SECRET_KEY", "LOYALTY_APP_PASSWORD", "LOYALTY_MASTER_KEYS"):
        given = bare | dict.fromkeys(names - {missing}, "given")
        done = subprocess.run(composing, check=False, capture_output=True, text=True, env=given)
        assert done.returncode != 0
        assert missing in done.stderr


def test_the_files_that_compose_mounts_are_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", []) if volume.startswith("./")]
    assert len(mounted) == 3
    assert all((CHECKOUT / place).is_file() for place in mounted)


def test_the_image_copies_every_package_and_installs_by_make() -> None:
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    copied = {line.split()[1].rstrip("/") for line in lines if line.startswith("COPY ") and "--from" not in line}
    packages = {found.parent.name for found in CHECKOUT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= copied
    assert {"requirements", "manage.py", "templates", "locale", "Makefile"} <= copied
    runs = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN make")]
    assert runs == ["make production", "make static"]
    allowed = {line[1:].rstrip("/") for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert any(line.startswith("USER 10001") for line in lines)


def test_the_packages_of_production_are_those_that_the_tests_run_with() -> None:
    pins = {
        name: set(re.findall(r"^([\w.\[\],-]+==\S+)", (CHECKOUT / f"requirements/{name}.txt").read_text(), re.M))
        for name in ("base", "dev")
    }
    assert len(pins["base"]) > 30
    assert pins["base"] <= pins["dev"]


@pytest.mark.durable
def test_the_first_start_of_the_production_database_makes_the_same_roles(postgres: Postgres) -> None:
    """The script of the image's entry point, run by the psql of the same release against a new database."""
    with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as superuser:
        superuser.execute("create database production")
    passwords = postgres.notes["passwords"]
    environment = {
        "PATH": f"{find_postgres().place}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGPASSWORD": passwords[SUPERUSER],
        "POSTGRES_USER": SUPERUSER,
        "POSTGRES_DB": "production",
        "LOYALTY_SQL": "loyalty/embedded",
        "LOYALTY_OWNER_PASSWORD": passwords["loyalty_owner"],
        "LOYALTY_APP_PASSWORD": 'it\'s "quoted" $(and) \\odd',
        "LOYALTY_PROJECTOR_PASSWORD": passwords["loyalty_projector"],
    }
    script = ["sh", "loyalty/embedded/initdb.sh"]
    try:
        done = subprocess.run(script, check=False, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        address = {"host": "127.0.0.1", "port": postgres.port, "dbname": "production"}
        with psycopg.connect(**address, user="loyalty_app", password=environment["LOYALTY_APP_PASSWORD"]) as app:
            assert app.execute(
                "select unaccent('Đ'), pg_get_userbyid(datdba) from pg_database where datname = current_database()"
            ).fetchone() == (
                "D",
                "loyalty_owner",
            )
        refused = subprocess.run(
            script, check=False, cwd=CHECKOUT, env=environment | {"LOYALTY_APP_PASSWORD": ""}, capture_output=True, text=True
        )
        assert refused.returncode != 0
        assert "the password of loyalty_app is missing" in refused.stderr
    finally:
        with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as superuser:
            superuser.execute("drop database production")
            superuser.execute(psycopg.sql.SQL("alter role loyalty_app password {}").format(passwords["loyalty_app"]))
