"""``nangonb records``, ``status``, ``trigger``, ``start`` and ``pause``: what is deployed."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nangonb.cli.commands import TerminalFront
from nangonb.errors import NangonbError, UsageError
from nangonb.session import Session


def records(options: Namespace) -> int:
    from nangonb.session.synced_records import refusal

    given, as_json = _given(options, "model"), options.json
    session = _session(given.pop("source"))
    try:
        found = session.records(**given)
    except NangonbError as error:
        if as_json:
            partial = _came(session)
            _write(refusal(error.message) if partial is None else partial)
        raise
    finally:
        session.close()
    if as_json:
        _write(found.pieces())
    else:
        print(found)
    return 0


def _came(session: Session) -> Iterable[bytes] | None:
    """The document of what came before it failed or was stopped; None where nothing was asked for yet."""
    try:
        return session.last_records().pieces()
    except UsageError:
        return None


def syncs(options: Namespace) -> int:
    from nangonb.session.sync_states import refusal

    given = _given(options, "name")
    session = _session(given.pop("source"))
    try:
        states = getattr(session, options.command)(**given)
    except NangonbError as error:
        if options.json:
            known = getattr(error, "states", None)
            _write(refusal(error.message) if known is None else known.document(error.message))
        raise
    finally:
        session.close()
    if options.json:
        _write(states.document())
    else:
        print(states)
    return 0


def _given(options: Namespace, what: str) -> dict[str, Any]:
    """The keywords of the verb. The first word is the source where it is one, and else all move by one.

    Raises: UsageError: there are too many words.
    """
    given = {name: value for name, value in vars(options).items() if name not in ("command", "json")}
    words = [word for word in (given["source"], given[what], given["connection"]) if word is not None]
    source = words.pop(0) if words and _is_source(words[0]) else None
    if len(words) > 2:
        raise UsageError(
            f"{words[0]!r} is neither a notebook nor a nango-integrations folder.",
            hint=f"nangonb {options.command} --help explains all options.",
        )
    if not words and what == "model":
        raise UsageError("The model is missing.", hint=f"nangonb records {source} MODEL")
    given["source"] = source
    given[what], given["connection"] = (*words, None, None)[:2]
    return given


def _is_source(word: str) -> bool:
    path = Path(word)
    return path.suffix == ".ipynb" or any((path / name).is_file() for name in ("nango.yaml", "index.ts"))


def _session(source: str | None) -> Session:
    from nangonb.folders import read

    if source is None:
        session = Session(door="command")
    else:
        session = Session(project=read([source]), sources=[Path(source)], door="command")
    session.front = TerminalFront()
    return session


def _write(document: bytes | Iterable[bytes]) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.writelines([document] if isinstance(document, bytes) else document)
    sys.stdout.buffer.flush()
