"""The folder through which processes of one service count together. It must be known before Prometheus' client is imported."""

from __future__ import annotations

import os
import shutil
import tempfile

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def count_together() -> None:
    """From now on this process, and those that it forks, count into files of one new folder."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="loyalty-metrics-")


def forget_counts() -> None:
    """The last to leave takes the folder away."""
    shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)
