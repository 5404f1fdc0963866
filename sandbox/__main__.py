"""`python -m sandbox`: the stand-ins as a process, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.server import Sandbox
from sandbox.stories import STORIES
from sandbox.wire import SandboxError

DEFAULT_PORT = 4300
_ENDS = (signal.SIGTERM, signal.SIGINT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to end; 0 is a good end, 2 a malformed story or map, or a port that is taken."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Local stand-ins for the sources.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--recorded", type=Path, help="folder of recorded answers to serve in place of the stories")
    parser.add_argument("--map", type=Path, help="map of URLs to recorded files, in place of the shipped one")
    parser.add_argument("--stories", type=Path, default=STORIES, help="folder of other stories to tell")
    options = parser.parse_args(arguments)
    # Blocked before any thread starts, so that only the wait below takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        sandbox = Sandbox(recorded=options.recorded, map_file=options.map, stories=options.stories)
        url = sandbox.start(options.port)
    except (SandboxError, OSError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    sys.stdout.write(f"Sandbox at {url}\n")
    sys.stdout.flush()
    signal.sigwait(_ENDS)
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
