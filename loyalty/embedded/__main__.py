"""Start and stop the embedded servers.

    python -m loyalty.embedded up              start them; they run until `down`
    python -m loyalty.embedded down            stop them
    python -m loyalty.embedded status          say which of them run
    python -m loyalty.embedded env             print the environment their users need: eval "$(… env)"
    python -m loyalty.embedded run -- CMD …    start them, run a command with that environment, stop what nobody else uses
                                               (run --durable: data survives a power cut)
    python -m loyalty.embedded demo [PORT]     the demo, until Ctrl-C or `stop`
    python -m loyalty.embedded stop            stop a demo and its servers
    python -m loyalty.embedded remove          stop the servers and remove their state

The state lies in .local of the checkout (EMBEDDED_HOME), what can be fetched again in the user's cache (EMBEDDED_CACHE).
An address in DATABASE_URL (with DATABASE_OWNER_URL and DATABASE_PROJECTOR_URL), REDIS_URL or ELASTICSEARCH_URL is used
instead of a server of our own. EMBEDDED_ELASTICSEARCH=off leaves Elasticsearch out.
"""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from loyalty.embedded import Embedded, EmbeddedError, demo


def show_environment(services: Embedded) -> None:
    """Print the environment in a form that a shell reads."""
    for name, value in services.environment().items():
        print(f"export {name}={shlex.quote(value)}")


def show_status(services: Embedded) -> int:
    """Print which servers run; 0 when all do."""
    running = services.running()
    for name, runs in running.items():
        print(f"{name}: {'runs' if runs else 'stopped'}")
    return 0 if all(running.values()) else 1


def run(services: Embedded, command: Sequence[str]) -> int:
    """Run a command with the servers up; its exit code is ours. Signals reach it, and the servers still stop."""
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, frame: FrameType | None) -> None:
        if child is None:
            raise SystemExit(128 + number)
        if number != signal.SIGINT:  # the terminal sends that one to the child itself
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        environment = os.environ | services.up()
        child = subprocess.Popen(command, env=environment)
        code = child.wait()
        return 128 - code if code < 0 else code
    except FileNotFoundError:
        print(f"There is no command {command[0]}.", file=sys.stderr)
        return 127
    finally:
        services.down()


def main(arguments: Sequence[str]) -> int:
    """Carry out one order from the command line."""
    services = Embedded(durable="--durable" in arguments[:2])
    match arguments:
        case ["demo", *port] if all(number.isdecimal() for number in port):
            return demo.Demo(services, int(port[0]) if port else 8000).run()
        case ["stop"]:
            demo.stop(services)
        case ["remove"]:
            services.remove()
        case ["up"]:
            services.up(pinned=True)
        case ["down"]:
            services.down(force=True)
        case ["status"]:
            return show_status(services)
        case ["env"]:
            show_environment(services)
        case ["run", "--", *command] | ["run", "--durable", "--", *command] if command:
            return run(services, command)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
