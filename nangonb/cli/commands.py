"""One function a command: options in, exit code out."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.cli.stdout import own_stdout
from nangonb.errors import DeployError, FolderError, Interrupted, NangonbError, ScriptError
from nangonb.session import Session
from nangonb.session.front import ask_terminal

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun, Progress
    from nangonb.nango import Wait
    from nangonb.project import Problem
    from nangonb.render import Shown
    from nangonb.session import ConnectionChoice


class TerminalFront:
    """Progress on stderr, where somebody sees it."""

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        if not sys.stderr.isatty():
            return lambda _: None

        def show(progress: Progress | None) -> None:
            text = "" if progress is None else f"{name}: {progress.said}"
            print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)

        return show

    def waiting(self, wait: Wait) -> None:
        if wait.begins:
            clear = "\r\x1b[2K" if sys.stderr.isatty() else ""  # the line of the progress
            print(f"{clear}{wait.words}: {wait.asked}", file=sys.stderr, flush=True)

    def show_choice(self, choice: ConnectionChoice) -> None:
        print(choice.text())

    def notice(self, problems: Sequence[Problem]) -> None:
        print("\n".join(map(str, problems)), file=sys.stderr)

    def show(self, result: Shown) -> None:
        print(result, flush=True)

    def ask(self, question: str) -> str | None:
        return ask_terminal(question)

    def insert_cell(self, text: str) -> bool:
        return False

    def locate_name(self, name: str) -> str | None:
        return None

    def notebook(self) -> Path | None:
        return None


def dryrun(options: Namespace) -> int:
    given = dict(vars(options))
    as_json, source = given.pop("json"), given.pop("source")
    del given["command"]
    if not as_json:
        result, code = _run(source, given)
        if result.ok:
            print(result)
        return code
    from nangonb.dryrun.document import pieces, refusal

    with own_stdout() as document:
        try:
            result, code = _run(source, given)
        except NangonbError as error:  # the script was not started
            document.write(refusal(error))
            raise
        document.writelines(pieces(result))
    return code


def _run(source: str, given: dict[str, Any]) -> tuple[Dryrun, int]:
    session = _session([source], trust=True)  # its code is to run
    try:
        return session.dryrun(**given), 0
    except (ScriptError, Interrupted, FolderError) as error:
        if error.dryrun is None:
            raise
        print("\n".join(error.lines()), file=sys.stderr)
        return error.dryrun, error.exit_code
    finally:
        session.close()


def export(options: Namespace) -> int:
    given = dict(vars(options))
    session = _session(given.pop("sources"), trust=given.pop("trust"))
    del given["command"]
    print(session.export(**given))
    return 0


def import_folder(options: Namespace) -> int:
    session = Session(door="command")
    print(session.import_folder(options.folder, options.notebook, force=options.force, trust=options.trust))
    return 0


def deploy(options: Namespace) -> int:
    given = dict(vars(options))
    session = _session(given.pop("sources"), trust=True)  # it loads each script, as Nango will
    del given["command"]
    try:
        result = session.deploy(**given)
    finally:
        session.close()
    print(result)
    return 0 if result.ok else DeployError.exit_code


def connections(options: Namespace) -> int:
    session = Session(door="command")
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


def test(options: Namespace) -> int:
    from nangonb.cli.replays import test as run

    return run(_session(options.sources, trust=True), options.integration_id, as_json=options.json)


def records(options: Namespace) -> int:
    from nangonb.cli.deployed import records as run

    return run(options)


def status(options: Namespace) -> int:
    from nangonb.cli.deployed import syncs as run

    return run(options)


trigger = start = pause = status


def check(options: Namespace) -> int:
    from nangonb.cli.check import check as run

    return run(options.sources, as_json=options.json, trust=options.trust)


def generate(options: Namespace) -> int:
    from nangonb.export import generate as run

    print(run(Path(options.folder), options.language, force=options.force))
    return 0


def translate(options: Namespace) -> int:
    from nangonb.cli.translate import translate as run

    return run(options)


def dev(options: Namespace) -> int:
    from nangonb.cli.dev import dev as run

    return run(
        options.sources, options.folder, layout=options.layout, prune=options.prune, trust=options.trust
    )


def demo(options: Namespace) -> int:
    from nangonb.cli.demo import demo as run_demo

    return run_demo(options.folder, execute=options.execute)


def _session(sources: list[str], *, trust: bool) -> Session:
    from nangonb.folders import read

    session = Session(project=read(sources, trust=trust), sources=[Path(s) for s in sources], door="command")
    session.front = TerminalFront()
    return session
