"""The embedded PostgreSQL: who may do what in it, and how it comes back after a crash."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from loyalty.embedded import EmbeddedError, Postgres
from loyalty.embedded.postgres import APP, OWNER, PROJECTOR, SUPERUSER
from loyalty.tenancy.checks import role_problems

pytestmark = pytest.mark.durable


def ask(server: Postgres, query: str, role: str = OWNER, database: str = "loyalty") -> Any:
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        return connection.execute(query).fetchone()


def order(server: Postgres, statement: str, role: str = OWNER, database: str = "loyalty") -> None:
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(("role", "may_see_all"), [(OWNER, True), (APP, False), (PROJECTOR, False)])
def test_no_role_is_superuser_and_only_the_owner_passes_policies(postgres: Postgres, role: str, may_see_all: bool) -> None:
    rights = "select rolsuper, rolcreaterole, rolreplication, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user"
    assert ask(postgres, rights, role) == (False, False, False, may_see_all, may_see_all)


@pytest.mark.parametrize(
    ("role", "said"), [(SUPERUSER, "is a superuser"), (OWNER, "bypasses row-level security"), (APP, ""), (PROJECTOR, "")]
)
def test_only_roles_that_policies_hold_may_serve(postgres: Postgres, role: str, said: str) -> None:
    made = connections["default"].copy("tried")
    secret = postgres.notes["passwords"][role]
    made.settings_dict |= {"USER": role, "PASSWORD": secret, "HOST": "127.0.0.1", "PORT": postgres.port, "NAME": "loyalty"}
    connections["tried"] = made
    try:
        problems = " ".join(role_problems("tried"))
    finally:
        made.close()
        del connections["tried"]
    assert said in problems
    assert bool(problems) is bool(said)


def test_the_database_belongs_to_the_owner_and_not_to_those_who_serve(postgres: Postgres) -> None:
    assert ask(postgres, "select pg_get_userbyid(datdba) from pg_database where datname = 'loyalty'") == (OWNER,)
    for role in (APP, PROJECTOR):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            order(postgres, "create table mine (id int)", role)


@pytest.mark.parametrize("role", [APP, PROJECTOR])
def test_serving_roles_may_not_hold_a_transaction_open(postgres: Postgres, role: str) -> None:
    query = "select current_setting('transaction_timeout'), current_setting('idle_in_transaction_session_timeout')"
    assert ask(postgres, query, role) == ("10s", "10s")


def test_a_database_that_the_owner_makes_has_every_extension(postgres: Postgres) -> None:
    order(postgres, "create database of_a_test")
    try:
        query = """select unaccent('Đường Łódź'), similarity('cafe', 'cafes') > 0.5, levenshtein('duong', 'duonh'),
                   earth_distance(ll_to_earth(0, 0), ll_to_earth(0, 1))::int, 'A'::citext = 'a'"""
        assert ask(postgres, query, database="of_a_test") == ("Duong Lodz", True, 1, 111320, True)
        order(postgres, "create table t (a int); create index on t using gin (a); drop table t", database="of_a_test")
    finally:
        order(postgres, "drop database of_a_test")


def test_upper_and_lower_case_are_the_same_on_every_machine(postgres: Postgres) -> None:
    query = (
        "select datlocprovider, datlocale, pg_encoding_to_char(encoding), lower('ĐƯỜNG ŁÓDŹ') from pg_database where datname = 'loyalty'"
    )
    assert ask(postgres, query) == ("b", "C.UTF-8", "UTF8", "đường łódź")


def test_it_listens_on_the_loopback_address_only_and_asks_for_a_password(postgres: Postgres) -> None:
    assert ask(postgres, "select current_setting('listen_addresses'), current_setting('unix_socket_directories')", SUPERUSER) == (
        "127.0.0.1",
        "",
    )
    assert ask(postgres, "select current_setting('password_encryption'), host(inet_server_addr())", SUPERUSER) == (
        "scram-sha-256",
        "127.0.0.1",
    )
    for role in (SUPERUSER, OWNER, APP, PROJECTOR):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host="127.0.0.1", port=postgres.port, user=role, password="guessed", dbname="loyalty")


def test_its_passwords_are_readable_by_us_only(postgres: Postgres) -> None:
    secret = postgres.notes.place
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    assert secret.stat().st_uid == os.geteuid()
    assert len(set(postgres.notes["passwords"].values())) == 4


def test_the_server_does_not_run_as_root(postgres: Postgres) -> None:
    pid = postgres.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_what_was_acknowledged_survives_a_kill_and_the_port_stays(postgres: Postgres) -> None:
    assert ask(postgres, "select current_setting('fsync'), current_setting('synchronous_commit')") == ("on", "on")
    order(postgres, "create table kept (id int)")
    with psycopg.connect(postgres.url(OWNER)) as client:
        client.execute("insert into kept select generate_series(1, 1000)")
        client.commit()
        client.execute("insert into kept values (1001)")
        port = postgres.port
        postgres.kill()
        assert not postgres.running()
        with pytest.raises(psycopg.OperationalError):
            client.commit()
    postgres.restart()
    assert postgres.port == port
    assert ask(postgres, "select count(*) from kept") == (1000,)
    order(postgres, "drop table kept")


def test_a_pid_file_that_names_another_process_is_no_obstacle(postgres: Postgres) -> None:
    postgres.kill()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        lines = (postgres.data / "postmaster.pid").read_text().splitlines()
        (postgres.data / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        assert not postgres.running()
        postgres.start()
        assert ask(postgres, "select 1") == (1,)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_two_objects_of_one_folder_see_one_server(postgres: Postgres) -> None:
    again = Postgres(postgres.folder.parent, durable=True)
    again.start()
    assert again.pid() == postgres.pid()


def test_a_port_taken_meanwhile_is_told_by_restart_and_avoided_by_start(postgres: Postgres) -> None:
    postgres.stop()
    before = postgres.port
    with closing(socket.socket()) as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", before))
        thief.listen()
        with pytest.raises(EmbeddedError, match=f"another program took its port {before}"):
            postgres.restart()
        postgres.start()
        assert postgres.port != before
        assert ask(postgres, "select 1") == (1,)


def test_a_cluster_that_was_never_finished_is_made_again(place: Path) -> None:
    server = Postgres(place, settings={"shared_buffers": "16MB"})
    for leftover in (server.folder / "pgdata.new", server.data):
        leftover.mkdir()
        (leftover / "postgresql.conf").write_text("half written")
    server.start()
    try:
        assert ask(server, "select 1", APP) == (1,)
        assert ask(server, "select current_setting('fsync')") == ("off",)
        assert not (server.folder / "pgdata.new").exists()
    finally:
        server.stop()
    assert not server.running()


def test_data_of_another_release_is_told_and_left_alone(place: Path) -> None:
    server = Postgres(place)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 15, not 18"):
        server.start()
    assert (server.data / "PG_VERSION").read_text() == "15\n"


def test_data_without_its_passwords_is_told_and_left_alone(place: Path) -> None:
    server = Postgres(place)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedError, match=r"put state\.json back or remove the folder"):
        server.start()
    assert (server.data / "PG_VERSION").exists()


def test_what_a_server_says_when_it_cannot_start_reaches_the_person(place: Path) -> None:
    server = Postgres(place, settings={"shared_buffers": "nonsense"})
    with pytest.raises(EmbeddedError, match=r'PostgreSQL did not start(.|\n)*invalid value for parameter "shared_buffers"'):
        server.start()
