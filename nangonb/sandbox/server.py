"""The sandbox as a process: arguments, the ready line, and the ways it ends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nangonb.sandbox.loading import DEFAULT_ROWS, MAX_ROWS, load_providers
from nangonb.sandbox.provider import ProviderError
from nangonb.sandbox.runs.runner import SECONDS
from nangonb.sandbox.store.state_file import StateError

if TYPE_CHECKING:
    from uvicorn import Server

    from nangonb.sandbox.assembly import Sandbox

__all__ = ["main"]

HOST = "127.0.0.1"
_STATE = "NANGONB_SANDBOX_STATE"
_KEY = "NANGONB_SANDBOX_KEY"
_BANNER = "nangonb sandbox: for learning and testing, with demo data {where}. For production, use Nango: https://nango.dev"


def main(argv: Sequence[str] | None = None) -> int:
    """Serve on loopback until interrupted; the exit code is 0, or 2 for wrong arguments.

    When connections are accepted, one line ``ready http://127.0.0.1:PORT key KEY`` goes to stdout, and
    nothing else ever does.
    """
    try:
        options = _arguments().parse_args(argv)
    except SystemExit as ended:  # argparse has said why
        return ended.code if isinstance(ended.code, int) else 2
    from nangonb.sandbox.assembly import sandbox

    try:
        listener = _listen(options.port)
    except OSError as error:
        print(f"nangonb sandbox: cannot listen on {HOST}:{options.port}: {error.strerror}", file=sys.stderr)
        return 2
    port = listener.getsockname()[1]
    try:
        served = sandbox(
            load_providers(options.rows, options.providers),
            folder=options.state,
            base=f"http://{HOST}:{port}",
            seconds=options.time_limit,
        )
    except (StateError, ProviderError) as error:
        listener.close()
        print(f"nangonb sandbox: {error}", file=sys.stderr)
        return 2
    try:
        return _serve(
            listener,
            served,
            options.key or str(uuid.uuid4()),
            options.until_stdin_closes,
            rate_limit=options.rate_limit,
        )
    finally:
        served.close()


def _rows(text: str) -> int:
    if not text.isdigit() or int(text) > MAX_ROWS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {MAX_ROWS:,}")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text) or float(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return float(text)


def _limit(text: str) -> int:
    if not re.fullmatch(r"\d{1,7}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of requests a minute")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _key(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise argparse.ArgumentTypeError("a key may contain only visible ASCII characters, without spaces")
    return text


def _key_of_file(path: str) -> str:
    try:
        return _key(Path(path).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {why}") from None


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nangonb sandbox",
        description="Serve a stand-in of the Nango API with demo providers on loopback, until interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--rows",
        type=_rows,
        default=DEFAULT_ROWS,
        help=f"contacts of conn-1, up to {MAX_ROWS:,} (default: %(default)s)",
    )
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--key",
        type=_key,
        default=os.environ.get(_KEY) or None,
        help=f"secret key, visible to other users of this machine (default: ${_KEY}, else a random UUID)",
    )
    keys.add_argument(
        "--key-file", dest="key", type=_key_of_file, metavar="FILE", help="read the secret key from a file"
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        default=os.environ.get(_STATE) or None,
        help=f"keep deploys, metadata and records in this folder (default: ${_STATE}, else in memory only)",
    )
    parser.add_argument(
        "--provider",
        dest="providers",
        type=Path,
        action="append",
        metavar="FILE",
        default=[],
        help="Python file that defines a provider; can be repeated",
    )
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="S",
        default=SECONDS,
        help="time limit of a deployed script in seconds (default: %(default)g)",
    )
    parser.add_argument(
        "--rate-limit",
        type=_limit,
        metavar="N",
        help="maximum number of requests per minute (default: no limit; Nango's default: 200)",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input closes")
    return parser


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, an answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _serve(
    listener: socket.socket, served: Sandbox, key: str, until_stdin_closes: bool, *, rate_limit: int | None
) -> int:
    from uvicorn import Config, Server

    from nangonb.sandbox.api.app import create_app
    from nangonb.sandbox.protocol import TransportProtocol

    config = Config(
        create_app(served, key, rate_limit=rate_limit),
        http=TransportProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        # uvicorn would log a deliberately truncated body as an error.
        log_level="critical",
        server_header=False,
        timeout_keep_alive=600,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)

    async def run() -> None:
        # uvicorn restores the signal handlers and raises the signal again; exit without a traceback.
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.002)
        if server.started:
            port = listener.getsockname()[1]
            where = "in memory" if served.state_file is None else "and deployed scripts kept on disk"
            print(_BANNER.format(where=where), file=sys.stderr, flush=True)
            print(f"ready http://{HOST}:{port} key {key}", flush=True)
            if until_stdin_closes:
                threading.Thread(target=_watch_stdin, args=(server,), daemon=True).start()
        await serving

    _log_scripts()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        pass
    return 0


def _log_scripts() -> None:
    """What deployed scripts log goes to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log = logging.getLogger("nangonb.sandbox.scripts")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def _watch_stdin(server: Server) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    server.should_exit = True
