"""A purchase over HTTP through everything: token, tenant, idempotency key, domain, append, inline projections, commit.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.http_purchase

Served by gunicorn in production mode with the arguments of the image, loaded by wrk with 1, 8 and 32 clients in turn, a
tenant of 200 customers and 10 points of sale. A projector follows beside it, as in production. Then one process answers
alone and says where the time goes. `--quick` measures for two seconds instead of ten, two rounds instead of five;
`--phases` says only where the time goes; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PRODUCTION = {"LOYALTY_MODE": "production", "ALLOWED_HOSTS": "127.0.0.1", "SECURE_SSL_REDIRECT": "false"}
os.environ |= PRODUCTION

from django.core.management import call_command  # noqa: E402

from bench import report  # noqa: E402
from bench.phases import where_the_time_goes  # noqa: E402
from bench.world import World, new_world  # noqa: E402
from loyalty.embedded.process import choose_port  # noqa: E402
from loyalty.embedded.supervisor import CONFIG  # noqa: E402

FOLDER = Path(__file__).parent
CLIENTS = (1, 8, 32)
WORKERS = (os.cpu_count() or 1) + 1
SAID = {"p50": "p50 ms", "p95": "p95 ms", "p99": "p99 ms"}
Run = dict[str, float]


@contextmanager
def served() -> Iterator[int]:
    """The port of a running gunicorn, with a projector beside it."""
    port = choose_port()
    python = [sys.executable, "-W", "ignore::UserWarning"]
    web = [*python, "-m", "gunicorn", *CONFIG, "loyalty.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    with tempfile.NamedTemporaryFile("w+") as log:
        started = [
            subprocess.Popen(command, stdout=log, stderr=log)
            for command in ([*web, "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"], [*python, "manage.py", "project"])  # noqa: S108
        ]
        try:
            wait_until_live(port, started[0], Path(log.name))
            yield port
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(20)


def wait_until_live(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"gunicorn ended with {process.returncode}:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn did not answer within 30 s")


class Load:
    """wrk against one server, as the program of one tenant."""

    def __init__(self, port: int, world: World) -> None:
        self.address, self.runs = f"http://127.0.0.1:{port}/api/v1/purchases", 0
        self.known = tempfile.NamedTemporaryFile("w", suffix=".txt")  # noqa: SIM115 - as long as this object
        lines = [f"token {world.token}", *(f"customer {c}" for c in world.customers), *(f"pos {p}" for p in world.places)]
        self.known.write("\n".join(lines) + "\n")
        self.known.flush()

    def run(self, clients: int, seconds: float) -> Run:
        self.runs += 1
        script = [str(FOLDER / "purchase.lua"), self.address, "--", self.known.name, f"R{self.runs}"]
        command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds:g}s", "--timeout", "10s", "-s"]
        said = subprocess.run([*command, *script], check=True, capture_output=True, text=True).stdout
        told: Run = json.loads(said.strip().splitlines()[-1])
        if told["refused"] or told["broken"]:
            raise SystemExit(f"{told['refused']} requests were refused and {told['broken']} broken:\n{said}")
        return told | {"rate": told["requests"] / told["seconds"]}


def measured(load: Load, rounds: int, seconds: float) -> dict[int, list[Run]]:
    """Runs by number of clients, interleaved, after a warm-up."""
    load.run(8, seconds)
    runs: dict[int, list[Run]] = {clients: [] for clients in CLIENTS}
    for n in range(rounds):
        for clients in CLIENTS:
            told = load.run(clients, seconds)
            runs[clients].append(told)
            print(f"  round {n + 1}, {clients} clients: {told['rate']:.0f} requests/s, p95 {told['p95']:.1f} ms", flush=True)
    return runs


def shown(runs: dict[int, list[Run]]) -> str:
    rows = []
    for clients, of in runs.items():
        rates = [run["rate"] for run in of]
        times = [f"{statistics.median(run[name] for run in of):.1f}" for name in SAID]
        rows.append(" | ".join([str(clients), f"{statistics.median(rates):.0f} [{min(rates):.0f}–{max(rates):.0f}]", *times]))
    return report.table("clients | requests/s | " + " | ".join(SAID.values()), rows)


def measure(options: Any) -> str:
    world = new_world()
    with served() as port:
        runs = measured(Load(port, world), *((2, 2) if options.quick else (5, 10)))
    kept = sum(run["requests"] for of in runs.values() for run in of)
    told = (
        f"gunicorn with {WORKERS} sync workers, wrk with new connections, {kept:,.0f} purchases of 2 lines; median of {len(runs[1])} runs"
    )
    return f"{report.machine()} {told} [range].\n\n{shown(runs)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--quick", "--write", "--phases"):
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark needs wrk to make the load (Debian: apt-get install wrk).")
    call_command("migrate", verbosity=0)
    parts = [] if options.phases else [measure(options)]
    parts.append(where_the_time_goes(new_world(), 300 if options.quick else 2000))
    text = "\n\n".join(parts)
    print(text)
    if options.write:
        report.write("http_purchase", text)


if __name__ == "__main__":
    main()
