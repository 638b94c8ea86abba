"""One function a command: options in, exit code out."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nangonb.errors import Interrupted, ScriptError
from nangonb.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from nangonb.dryrun import Dryrun, Progress
    from nangonb.session import ConnectionChoice


class TerminalFront:
    """Progress on stderr, where somebody sees it."""

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        if not sys.stderr.isatty():
            return lambda _: None

        def show(progress: Progress | None) -> None:
            text = (
                ""
                if progress is None
                else f"{name}: {progress.requests} requests, {progress.records:,} records"
            )
            print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)

        return show

    def show_choice(self, choice: ConnectionChoice) -> None:
        print(choice.text())

    def locate_name(self, name: str) -> str | None:
        return None

    def notebook(self) -> Path | None:
        return None


def dryrun(options: Namespace) -> int:
    given = dict(vars(options))
    as_json, source = given.pop("json"), given.pop("source")
    del given["command"]
    session = _session([source])
    try:
        result = session.dryrun(**given)
        code = 0
    except (ScriptError, Interrupted) as error:
        result, code = error.dryrun, error.exit_code
        print("\n".join(error.lines()), file=sys.stderr)
    finally:
        session.close()
    if as_json:
        _print_document(result)
    elif code == 0:
        print(result)
    return code


def _print_document(result: Dryrun) -> None:
    from nangonb.dryrun.document import pieces

    for piece in pieces(result):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def export(options: Namespace) -> int:
    given = dict(vars(options))
    session = _session(given.pop("sources"))
    del given["command"]
    print(session.export(**given))
    return 0


def connections(options: Namespace) -> int:
    session = Session()
    try:
        if options.json:
            found = session.connections(
                environment=options.environment, integration_id=options.integration_id
            )
            print(json.dumps([connection.as_dict() for connection in found], ensure_ascii=False, indent=2))
        else:
            choice = session.connection(
                environment=options.environment, integration_id=options.integration_id
            )
            print(choice.text())
    finally:
        session.close()
    return 0


def check(options: Namespace) -> int:
    found = _session(options.sources).check()
    if options.json:
        document: dict[str, Any] = {
            "schema": 1,
            "ok": found.ok,
            "scripts": [script.key for script in found.scripts],
            "problems": [problem.as_dict() for problem in found.problems],
        }
        print(json.dumps(document, ensure_ascii=False))
    else:
        print(found)
    return 0 if found.ok else 1


def demo(options: Namespace) -> int:
    from nangonb.cli.demo import demo as run_demo

    return run_demo(options.folder, execute=options.execute)


def _session(sources: list[str]) -> Session:
    from nangonb.folders import read

    session = Session(project=read(sources))
    session.front = TerminalFront()
    return session
