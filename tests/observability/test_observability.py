"""Log lines name the request and nobody; metrics count; probes tell the truth."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from loyalty.bus import dispatch, dispatch_all
from loyalty.domain.errors import DomainError
from loyalty.eventstore.models import Event
from loyalty.exposition import Together
from loyalty.observability import context, metrics, request_id
from loyalty.tenancy import reading
from tests.api.box import FillBox, box_id
from tests.support.client import visitor
from tests.support.server import ROOT


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


def lines_of(caplog):
    return [r.msg for r in caplog.records if r.name == "loyalty.request" and isinstance(r.msg, dict)]


def test_the_process_is_alive_without_asking_anybody(monkeypatch):
    monkeypatch.setattr("loyalty.observability._ask_database", lambda: pytest.fail("it asked"))
    assert Client().get("/health/live").json() == {"status": "live"}


def test_ready_means_that_database_and_broker_answer():
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "parts": {"database": "ok", "redis": "ok"}})


def test_what_does_not_answer_is_named(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    def broken():
        raise OperationalError("the password of the database is secret")

    monkeypatch.setattr("loyalty.observability._ask_database", broken)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "does not answer", "redis": "does not answer"}
    assert "secret" not in answer.content.decode()


def test_each_request_is_one_line_with_its_pattern_and_never_its_path(tenant, seller_user, caplog):
    caplog.set_level("INFO")
    visitor(tenant, seller_user).get("/admin/staff/user/?q=0912345678", headers={"X-Request-Id": "till-7-000001"})
    (line,) = lines_of(caplog)
    assert line["event"] == "request"
    assert (line["request_id"], line["method"], line["status"], line["tenant"]) == ("till-7-000001", "GET", 302, tenant.id)
    assert line["route"].startswith("admin/")
    assert "0912345678" not in json.dumps(line)
    assert seller_user.email not in json.dumps(line)


def test_the_line_of_a_request_names_its_command(api, tenant, caplog):
    caplog.set_level("INFO")
    for body, status in (({"first_name": "Đường", "phone": "0912345678"}, 201), ({"first_name": "Hoa", "phone": "0912345678"}, 409)):
        assert api.post("/api/v1/customers", body).status_code == status
    done, refused = lines_of(caplog)
    assert (done["command"], done["outcome"], done["tenant"]) == ("RegisterCustomer", "done", tenant.id)
    assert (refused["command"], refused["outcome"], refused["tenant"]) == ("RegisterCustomer", "customers.phone_taken", tenant.id)
    assert done["command_id"] == done["correlation_id"] != refused["command_id"]
    with reading(tenant.id):
        assert Event.objects.get().metadata["command_id"] == done["command_id"]
    assert "912345678" not in json.dumps([done, refused], ensure_ascii=False)


def test_a_page_names_the_command_too(tenant, admin_site, caplog):
    caplog.set_level("INFO")
    admin_site.post("/admin/pos/merchant/add-merchant/", {"name": "Cà phê Sáng", "document_scope": "merchant"})
    (line,) = lines_of(caplog)
    assert (line["status"], line["command"], line["outcome"], bool(line["command_id"])) == (302, "AddMerchant", "done", True)


def test_a_task_writes_a_line_for_each_command_or_batch(tenant, caplog):
    caplog.set_level("INFO")
    orders = [FillBox(box_id=box_id(tenant.id, "t"), things=n) for n in (3, 1000)]
    dispatch(orders[0], tenant_id=tenant.id, actor="system", channel="demo")
    with context(task_id="task-7"):
        dispatch(orders[0], tenant_id=tenant.id, actor="system", channel="demo")
        dispatch_all(orders, tenant_id=tenant.id, actor="system", channel="demo")
    one, batch = [r.msg for r in caplog.records if r.name == "loyalty.command"]
    assert (one["task_id"], one["tenant"], one["command"], one["outcome"]) == ("task-7", tenant.id, "FillBox", "done")
    assert (batch["command"], batch["commands"], batch["outcome"]) == ("batch", 2, "1 refused")
    assert one["correlation_id"] == one["command_id"] != batch["correlation_id"]


def test_probes_write_no_lines(caplog):
    caplog.set_level("INFO")
    Client().get("/health/live")
    Client().get("/metrics")
    assert lines_of(caplog) == []


def test_the_id_of_a_request_is_known_inside_it_only():
    with context(request_id="inside-123"):
        assert request_id() == "inside-123"
    assert request_id() != "inside-123"


def test_commands_refusals_and_times_are_counted(tenant):
    order = FillBox(box_id=box_id(tenant.id, "m"), things=3)
    before = {n: value(n, command="FillBox") for n in ("loyalty_commands_total", "loyalty_command_seconds_count")}
    refused = value("loyalty_refusals_total", command="FillBox", code="toy_box.full")
    appended = value("loyalty_append_seconds_count")
    dispatch(order, tenant_id=tenant.id, actor="system", channel="demo")
    with pytest.raises(DomainError):
        dispatch(FillBox(box_id=order.box_id, things=1000), tenant_id=tenant.id, actor="system", channel="demo")
    assert value("loyalty_commands_total", command="FillBox") == before["loyalty_commands_total"] + 1
    assert value("loyalty_command_seconds_count", command="FillBox") == before["loyalty_command_seconds_count"] + 2
    assert value("loyalty_refusals_total", command="FillBox", code="toy_box.full") == refused + 1
    assert value("loyalty_append_seconds_count") == appended + 1


def test_metrics_are_exported_and_guarded_where_a_token_is_set(settings):
    metrics.conflict("TryOnce")
    page = Client().get("/metrics")
    assert page.status_code == 200
    assert re.search(r'loyalty_conflicts_total\{command="TryOnce"\} \d', page.content.decode())
    settings.METRICS_TOKEN = "a token"
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200
    settings.METRICS_TOKEN, settings.IN_PRODUCTION = "", True
    assert Client().get("/metrics").status_code == 404


PRODUCTION = """
import django, logging
django.setup()
import structlog
from django.test import Client
from loyalty import observability, urls
from django.urls import path
def broken(request, phone):
    raise ValueError("Nguyen An, 0912345678")
urls.urlpatterns.insert(0, path("api/v1/broken/<str:phone>", broken))
structlog.contextvars.bind_contextvars(request_id="r-1")
structlog.get_logger("loyalty.try").info("a line", tenant=7)
logging.getLogger("somebody.else").warning("another %s", "line")
Client(raise_request_exception=False).get("/api/v1/none/0912345678", HTTP_HOST="shop.example", secure=True)
print(Client(raise_request_exception=False).get("/api/v1/broken/0912345678", HTTP_HOST="shop.example", secure=True).status_code)
from loyalty.celery import app
@app.task(name="try.broken", bind=True)
def broken_task(self, again):
    problem = ValueError("Nguyen An, 0912345678")
    raise self.retry(exc=problem, countdown=0, max_retries=1) if again else problem
for again in (False, True):
    broken_task.apply([again])
"""


def test_in_production_every_line_is_json_and_tells_nothing_of_anybody():
    environment = os.environ | {"LOYALTY_MODE": "production", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "shop.example"}
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION], check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "500", done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert {"event": "a line", "tenant": 7, "request_id": "r-1", "level": "info"}.items() <= lines[0].items()
    assert lines[1]["event"] == "another line"
    (failure,) = [line for line in lines if line["event"] == "failure"]
    assert failure["kind"] == "ValueError"
    assert any("broken" in frame for frame in failure["where"])
    tasks = [line for line in lines if line.get("task") == "try.broken"]
    assert [line["event"].split("] ")[1] for line in tasks] == ["raised unexpected", "retry", "raised unexpected"]
    assert (tasks[0]["kind"], tasks[0]["where"][-1].split()[-1], bool(tasks[0]["task_id"])) == ("ValueError", "broken_task", True)
    assert "0912345678" not in done.stderr
    assert "Nguyen" not in done.stderr


def test_a_process_that_is_just_being_born_does_not_hide_what_the_others_counted(tmp_path):
    counted = MmapedDict(str(tmp_path / "counter_1.db"))
    counted.write_value(mmap_key("tasks", "tasks_total", [], [], "Tasks"), 3.0, 0.0)
    counted.close()
    (tmp_path / "counter_2.db").touch()
    registry = CollectorRegistry()
    registry.register(Together(None, path=str(tmp_path)))
    assert registry.get_sample_value("tasks_total") == 3.0
