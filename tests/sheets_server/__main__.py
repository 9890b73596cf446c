"""`python -m tests.sheets_server --port N`: an empty server; its address alone on stdout when it is ready."""

from __future__ import annotations

import argparse
import signal
import threading

from tests.sheets_server import SheetsServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sheets_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--quota", type=int, help="reads and writes a minute, each; without it there is no limit")
    parser.add_argument("--sort-carries-metadata", action="store_true", help="row metadata follows a sort")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = SheetsServer(options.port, None, options.sort_carries_metadata, options.quota)
    with server:
        print(server.url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
