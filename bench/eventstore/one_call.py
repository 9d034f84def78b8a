"""What a till appends, beside the same rows inserted plainly: by pgbench, which costs next to nothing itself.

Each transaction is one statement of the role `loyalty_app`, committed durably. A client has 50 accounts; each purchase is a
stream of its own, as in life.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.eventstore.facts import AN_ID, LEVEL, PURCHASE, metadata_text, points, text
from bench.eventstore.figures import Figure, side_by_side
from bench.eventstore.ground import TENANT
from loyalty.embedded.providers import find_postgres

SCRIPTS = Path(__file__).parent / "sql"
CONNECTIONS = (1, 8, 16)
KINDS = {"three": ("three events on two streams", 0.5), "one": ("one event", 0.6)}


def measure(rounds: int, seconds: int, connections: tuple[int, ...] = CONNECTIONS) -> dict[str, list[Figure]]:
    """Figures beside each plain table."""
    found: dict[str, list[Figure]] = {"plain": [], "plain_by_stream": []}
    for kind, (what, aim) in KINDS.items():
        for clients in connections:
            scripts = [kind, f"{kind}_plain", f"{kind}_plain_by_stream"]
            log, plain, by_stream = side_by_side(rounds, *(load(script, clients, seconds) for script in scripts))
            label = f"{what}, {clients} connection{'s' * (clients > 1)}"
            found["plain"].append(Figure(label, log, plain, aim))
            found["plain_by_stream"].append(Figure(label, log, by_stream))
    return found


def load(script: str, clients: int, seconds: int) -> Callable[[], float]:
    return lambda: transactions(script, clients, seconds)


def transactions(script: str, clients: int, seconds: int) -> float:
    """Transactions per second of `clients` connections that run `script` all the time."""
    found = find_postgres()
    values = {
        "purchase": text(PURCHASE),
        "points": text(points(AN_ID)),
        "level": text(LEVEL),
        "metadata": metadata_text(),
        "hash": "\\x" + "ab" * 32,
        "n": "-1",
        "run": str(random.randrange(2**40)),
    }
    variables = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
    jobs = min(clients, os.cpu_count() or 1)
    options = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={jobs}", f"--time={seconds}"]
    command = [str(found.place / "pgbench"), *options, f"--file={SCRIPTS / script}.sql", *variables, os.environ["DATABASE_URL"]]
    libraries = {"LD_LIBRARY_PATH": ":".join(map(str, found.libraries))} if found.libraries else {}
    done = subprocess.run(
        command, env=os.environ | libraries | {"PGOPTIONS": f"-c loyalty.tenant={TENANT}"}, capture_output=True, text=True, check=False
    )
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or rate is None or "failed transactions: 0 " not in done.stdout:
        raise SystemExit(f"pgbench {script}: {done.stderr[-2000:]}{done.stdout}")
    return float(rate[1])
