"""What all tests stand on: the real servers, a database of the worker's own, tenants and people, an API caller, a browser.

Tests commit for real and never clean up: each has a tenant of its own. What looks at everything that was ever written
(a rebuild, a verification, a nightly task of all tenants) asks for `own_log`, or its cost grows with every other test.
Options: `--reuse` keeps the database; `--rounds N` runs each race N times, each in a tenant of its own.
Without addresses in the environment the embedded servers are started. Where a service is missing, its tests are
skipped with one line; with CI=true that is a failure.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as of_hypothesis

from loyalty.embedded import Embedded

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
CHECKOUT = Path(__file__).resolve().parent.parent


STARTED: list[Embedded] = []
"""Embedded servers that this process started to use; the last user stops them."""


def start_what_is_missing() -> None:
    """Settings read the environment, so it must be complete before they are loaded."""
    if not os.environ.get("DATABASE_URL"):
        services = Embedded(home=os.environ.get("EMBEDDED_HOME") or CHECKOUT / ".local" / "test")
        os.environ.update(services.up())
        STARTED.append(services)
    os.environ["LOYALTY_MODE"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    # Playwright keeps an event loop in the thread of the tests; what Django warns of does not happen here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def stand_apart() -> None:
    """Each worker has a Valkey database and Elasticsearch indexes of its own."""
    number = int(WORKER.removeprefix("gw")) + 1 if WORKER.startswith("gw") else 0
    address = os.environ["REDIS_URL"].rstrip("/")
    base, slash, last = address.rpartition("/")
    os.environ["REDIS_URL"] = f"{base if slash and last.isdigit() else address}/{number % 16}"
    os.environ["SEARCH_PREFIX"] = f"{os.environ.get('TEST_DATABASE', 'test')}_{WORKER}_{uuid4().hex[:6]}".lower()


start_what_is_missing()
stand_apart()

of_hypothesis.register_profile("busy machine", deadline=None)
of_hypothesis.load_profile("busy machine")
import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from loyalty.staff.models import ApiToken, User  # noqa: E402
from loyalty.staff.tenants import add_user, role  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from loyalty.tenancy.models import Tenant  # noqa: E402
from tests.support.client import ApiClient, session_of, visitor  # noqa: E402
from tests.support.database import database, log_of_its_own  # noqa: E402
from tests.support.people import PASSWORD, new_tenant  # noqa: E402
from tests.support.rounds import pytest_generate_tests, round_, rounds  # noqa: E402, F401
from tests.support.server import served  # noqa: E402

call_command("compile_translations", verbosity=0)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """A worker names the settings itself, once its environment is its own; inherited, they would be read before that."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reuse", action="store_true", help="keep the test database, and use the one that was kept")
    parser.addoption("--rounds", type=int, default=1, help="how many times each test marked `rounds` is run, and how long replays are")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files marked `long` begin first, so that no worker is left alone with one in the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """All modules and tests stay until the end: Python need not look through them for circles again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    while STARTED:
        STARTED.pop().down()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each reason, however many tests were skipped for it."""
    skipped = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", ()))
    for reason, number in sorted(skipped.items()):
        terminalreporter.write_line(f"skipped {number}: {reason}")


def missing(reason: str) -> None:
    """A service is not there: one line on a developer's machine, a failure where everything must be proven."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(reason)
    pytest.skip(reason)


# -- the database -------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def test_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """The migrated database of this worker; all aliases and the environment point to it."""
    with django_db_blocker.unblock(), database(WORKER, reuse=request.config.getoption("--reuse")) as name:
        yield name


@pytest.fixture(scope="session")
def django_db_setup(test_database: str) -> None:
    """In the place of pytest-django's own."""


@pytest.fixture
def own_log(test_database: str) -> Iterator[None]:
    """A database of this test's own, for what reads the whole log: its cost does not grow with the tests before."""
    with log_of_its_own():
        yield


@pytest.fixture(scope="module")
def own_log_of_module(test_database: str) -> Iterator[None]:
    """The same for all tests of a file together."""
    with log_of_its_own():
        yield


@pytest.fixture(autouse=True)
def connections_come_back_clean(test_database: str) -> Iterator[None]:
    """No connection keeps a tenant or an open transaction beyond its test."""
    yield
    for alias in connections:
        connection = connections[alias]
        if connection.connection is None or connection.connection.closed:
            continue
        assert not connection.in_atomic_block, f"{alias}: a transaction was left open"
        with connection.cursor() as cursor:
            cursor.execute("select coalesce(current_setting('loyalty.tenant', true), '')")
            left = cursor.fetchone()[0]
        assert not left, f"{alias}: the connection came back with the tenant {left}"


# -- tenants and people -------------------------------------------------------------------------


@pytest.fixture
def tenant() -> Tenant:
    """A fresh tenant: Vietnamese, VND, Asia/Ho_Chi_Minh, starter roles, nothing else."""
    return new_tenant()


@pytest.fixture
def other_tenant() -> Tenant:
    """Another one, to which nothing may cross."""
    return new_tenant(name="Sklep Próbny", currency="PLN", zone="Europe/Warsaw", language="pl")


@pytest.fixture
def make_user() -> Callable[..., User]:
    """`make_user(tenant, "seller")`: a committed member of staff with the password `PASSWORD`."""

    def make(tenant: Tenant, role_code: str, email: str = "") -> User:
        return add_user(
            tenant.id, email or f"{role_code}-{uuid4().hex[:8]}@example.com", PASSWORD, role_code=role_code, display_name=role_code.title()
        )

    return make


@pytest.fixture
def admin_user(tenant: Tenant, make_user: Callable[..., User]) -> User:
    return make_user(tenant, "administrator")


@pytest.fixture
def marketer_user(tenant: Tenant, make_user: Callable[..., User]) -> User:
    return make_user(tenant, "marketer")


@pytest.fixture
def seller_user(tenant: Tenant, make_user: Callable[..., User]) -> User:
    return make_user(tenant, "seller")


@pytest.fixture
def api_token() -> Callable[..., str]:
    """`api_token(tenant, "administrator")` or `api_token(tenant, user=user)`: the text of a committed token."""

    def issue(tenant: Tenant, role_code: str = "administrator", user: User | None = None) -> str:
        with reading(tenant.id):
            return ApiToken.issue(tenant_id=tenant.id, name="test", user=user, role=None if user else role(role_code))[1]

    return issue


@pytest.fixture
def api(tenant: Tenant, api_token: Callable[..., str]) -> ApiClient:
    """A caller of the REST API as an administrator's program."""
    return ApiClient(api_token(tenant), tenant.hosts[0])


@pytest.fixture
def api_as(tenant: Tenant, api_token: Callable[..., str]) -> Callable[..., ApiClient]:
    """`api_as("seller")` or `api_as(user=user)`: a caller with other rights."""
    return lambda role_code="administrator", user=None: ApiClient(api_token(tenant, role_code, user), tenant.hosts[0])


@pytest.fixture
def admin_site(tenant: Tenant, admin_user: User) -> Any:
    """Django's test client, signed in to the tenant's pages as its administrator."""
    return visitor(tenant, admin_user)


# -- services -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[Any]:
    """A client of the real Elasticsearch; the worker's indexes are removed in the end."""
    if not settings.ELASTICSEARCH_URL:
        missing("no Elasticsearch: its search tests are not run")
    from elasticsearch import Elasticsearch

    client = Elasticsearch(settings.ELASTICSEARCH_URL, request_timeout=30)
    client.cluster.health(wait_for_status="yellow", timeout="30s")
    yield client
    for index in client.indices.get(index=f"{settings.SEARCH_PREFIX}*", expand_wildcards="all"):
        client.indices.delete(index=index)
    client.close()


@pytest.fixture(scope="session")
def live_port(test_database: str) -> Iterator[int]:
    """The port of the platform served by gunicorn."""
    with served() as port:
        yield port


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium, driven by Playwright."""
    if not Path(CHROMIUM).exists():
        missing("no Chromium: browser tests are not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, live_port: int, tenant: Tenant) -> Iterator[Callable[..., Any]]:
    """`open_page(user, language="vi", viewport=…)`: a page of the tenant's site, signed in as `user` when one is given."""
    contexts = []

    def make(user: User | None = None, *, at: Tenant | None = None, language: str = "en", **options: Any) -> Any:
        address = f"http://{(at or tenant).hosts[0]}:{live_port}"
        context = chromium.new_context(base_url=address, locale=language, **options)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": address}])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """A page of the tenant's site, nobody signed in."""
    return open_page()
