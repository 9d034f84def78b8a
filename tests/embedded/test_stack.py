"""All servers together, as a person starts them: `python -m loyalty.embedded …`."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loyalty.embedded import Embedded, paths
from loyalty.embedded.account import current
from loyalty.embedded.process import wait_until

pytestmark = [pytest.mark.durable, pytest.mark.long]
CHECKOUT = Path(__file__).resolve().parents[2]
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_PROJECTOR_URL",
    "REDIS_URL",
    "ELASTICSEARCH_URL",
    "LOYALTY_MODE",
    "LOYALTY_PHOTO_FOLDER",
)
GIVEN_SECRETS = ("SECRET_KEY", "LOYALTY_MASTER_KEYS", "LOYALTY_LOOKUP_KEYS")
OFF = {"EMBEDDED_ELASTICSEARCH": "off"}
EMBEDDED = [sys.executable, "-B", "-m", "loyalty.embedded"]


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a person who has set nothing, with a home of the test's own."""
    kept = {name: value for name, value in os.environ.items() if name not in (*GIVEN, *GIVEN_SECRETS)}
    return kept | OFF | {"EMBEDDED_HOME": str(home)}


def embedded(home: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, *EMBEDDED, *arguments], check=False, cwd=CHECKOUT, env=surroundings(home), capture_output=True, text=True, timeout=120
    )


ASK_ALL = """
import os, psycopg, redis
roles = [psycopg.connect(os.environ[n]).execute("select current_user").fetchone()[0]
         for n in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PROJECTOR_URL")]
redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
print(*roles, "ELASTICSEARCH_URL" in os.environ, os.environ["LOYALTY_MODE"], os.geteuid())
raise SystemExit(7)
"""


def test_a_command_runs_with_servers_that_stop_after_it_and_its_exit_code_is_kept(place: Path) -> None:
    done = embedded(place, "run", "--", sys.executable, "-c", ASK_ALL)
    assert done.returncode == 7, done.stderr
    assert done.stdout.split()[:5] == ["loyalty_app", "loyalty_owner", "loyalty_projector", "False", "demo"]
    assert not any(Embedded(place, environ={}).running().values())


def test_up_status_env_down(place: Path) -> None:
    assert embedded(place, "status").returncode == 1
    assert embedded(place, "up").returncode == 0
    try:
        assert embedded(place, "status").stdout == "postgres: runs\nvalkey: runs\nelasticsearch: stopped\n"
        environment = embedded(place, "env").stdout
        assert {line.split("=")[0] for line in environment.splitlines()} == {
            f"export {name}" for name in (*GIVEN, *GIVEN_SECRETS) if name != "ELASTICSEARCH_URL"
        }
        assert embedded(place, "run", "--", "true").returncode == 0
        assert embedded(place, "env").stdout == environment
    finally:
        assert embedded(place, "down").returncode == 0
    assert not any(Embedded(place, environ={}).running().values())


def test_the_last_user_stops_the_servers_and_a_killed_one_does_not_count(place: Path) -> None:
    waiting = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(300)"]
    users = [
        subprocess.Popen([*EMBEDDED, "run", "--", *waiting], cwd=CHECKOUT, env=surroundings(place), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    services = Embedded(place, environ=OFF)
    try:
        for user in users:
            assert user.stdout is not None
            assert user.stdout.readline() == "up\n"
        users[0].kill()
        users[0].wait()
        assert services.postgres.running()
        users[1].send_signal(signal.SIGTERM)
        assert users[1].wait(60) == 128 + signal.SIGTERM
        assert not services.postgres.running()
        assert not services.valkey.running()
    finally:
        subprocess.run(["pkill", "-P", str(users[0].pid)], check=False)
        services.down(force=True)


def test_secrets_are_drawn_once_and_readable_by_us_only(place: Path) -> None:
    first = Embedded(place, environ={}).environment()
    assert Embedded(place, environ={}).environment() == first
    assert stat.S_IMODE((place / "secrets.json").stat().st_mode) == 0o600
    given = Embedded(place, environ={"SECRET_KEY": "of my own"}).environment()
    assert given["SECRET_KEY"] == "of my own"
    assert given["LOYALTY_MASTER_KEYS"] == first["LOYALTY_MASTER_KEYS"]


def as_user(place: Path) -> tuple[str, ...]:
    """Become an ordinary user; it may read what root's folders hold, so that root's Python serves it, and nothing more."""
    if os.geteuid() != 0:
        return ()
    rights = ("--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return ("setpriv", "--reuid=65534", "--regid=65534", *rights, "env", f"EMBEDDED_CACHE={place / 'cache'}")


def test_an_ordinary_user_runs_the_servers_as_itself(place: Path) -> None:
    if os.geteuid() == 0:
        os.chown(place, 65534, 65534)
    done = embedded(place, "run", "--", sys.executable, "-c", ASK_ALL, prefix=as_user(place))
    assert done.returncode == 7, done.stderr
    assert done.stdout.split()[-1] != "0"
    assert {found.stat().st_uid for found in place.rglob("*")} == {place.stat().st_uid}


def test_a_folder_of_another_user_is_told(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(place, 65534, 65534)
    done = embedded(place, "up")
    assert done.returncode == 1
    assert done.stderr == f"The folder {place} belongs to another user: set EMBEDDED_HOME to a folder of your own.\n"


def test_root_keeps_state_elsewhere_when_the_account_cannot_reach_it_and_changes_no_rights(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root hands servers to another account")
    place.parent.chmod(0o700)
    services = Embedded(place, environ=OFF)
    try:
        assert services.home.parent == paths.SHARED
        assert current().reaches(services.home)
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert Embedded(place, environ=OFF).home == services.home
    finally:
        shutil.rmtree(services.home)


def test_a_full_disk_is_told_before_anything_is_started(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.embedded.paths.NEEDED_SPACE", 10**18)
    with pytest.raises(Exception, match=r"has less than .* left: free some, or set EMBEDDED_HOME"):
        Embedded(place, environ={})


def test_interrupting_a_start_leaves_no_server_behind(place: Path) -> None:
    starting = subprocess.Popen([*EMBEDDED, "run", "--", "sleep", "300"], cwd=CHECKOUT, env=surroundings(place))
    services = Embedded(place, environ=OFF)
    wait_until((services.postgres.folder / "pgdata.new").exists, 20)
    starting.send_signal(signal.SIGTERM)
    assert starting.wait(60) == 128 + signal.SIGTERM
    time.sleep(0.2)
    again = Embedded(place, environ=OFF)
    assert again.running() == {"postgres": False, "valkey": False, "elasticsearch": False}
