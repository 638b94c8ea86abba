"""A Dryrun as the one JSON document of ``nangonb dryrun --json``; its JSON Schema is ``schema.json`` here.

Secrets that passed through are masked in it, wherever they stand; records and output are otherwise exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.errors import NangonbError

if TYPE_CHECKING:
    from nangonb._dryrun.result import Dryrun

SCHEMA = 1
_BATCH = 500


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every document follows."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    return schema


def pieces(result: Dryrun) -> Iterator[bytes]:
    """The document, piece by piece, so that a large run is never in memory twice."""
    import orjson

    masker, counts = result.masker, result.counts
    head = {
        "schema": SCHEMA,
        "script": result.script.key,
        "connection_id": result.connection_id,
        "target": result.target,
        "state": result.state,
        "started": _iso(result.started),
        "seconds": round(result.seconds, 6),
        "counts": {
            "added": counts.added,
            "updated": counts.updated,
            "deleted": counts.deleted,
            "requests": result.trace.request_count,
            "writes": result.writes,
            "metadata_writes": result.metadata_writes,
        },
    }
    yield orjson.dumps(head)[:-1] + b',"records":{'
    for number, model in enumerate(result.models):
        yield (b"," if number else b"") + orjson.dumps(model) + b":["
        for index, lines in enumerate(_batches(result.buffer(model).json_lines())):
            yield (b"," if index else b"") + masker.known_json(b"[" + lines + b"]")[1:-1]
        yield b"]"
    rest: dict[str, Any] = {
        "updated": result.updated,
        "deleted": result.deleted,
        **result.trace.as_dict(),
        "problems": [problem.as_dict() for problem in result.problem_list],
        "validation": [breach.as_dict() for breach in result.breaches],
        "output": result.output,
        "checkpoint": result.checkpoint,
        "capped": result.capped,
        "waits": result.waits,
        "last_sync_date": None if result.last_sync_date is None else _iso(result.last_sync_date),
        "resumed": result.runtime.checkpoint.resumed,
        "changes": None if result.compared is None else result.compared.as_dict(),
        "error": result.error_json,
    }
    yield b"}"
    for name, value in rest.items():
        yield b"," + orjson.dumps(name) + b":" + masker.known_json(_dumps(value))
    yield b"}\n"


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def refusal(error: NangonbError) -> bytes:
    """The document where the script was not even started: a wrong name, no key, no answer from Nango."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "script": None,
        "connection_id": None,
        "target": None,
        "state": "failed",
        "started": None,
        "seconds": 0,
        "counts": {"added": 0, "updated": 0, "deleted": 0, "requests": 0, "writes": 0, "metadata_writes": 0},
        "records": {},
        "updated": {},
        "deleted": {},
        "requests": [],
        "logs": [],
        "problems": [problem.as_dict() for problem in getattr(error, "problems", ())],
        "validation": [],
        "output": None,
        "checkpoint": None,
        "capped": None,
        "waits": 0,
        "last_sync_date": None,
        "resumed": False,
        "changes": None,
        "error": {
            "type": "not_started",
            "payload": {"hint": error.hint},
            "status": None,
            "name": type(error).__name__,
            "message": error.message,
            "place": None,
        },
    }
    return _dumps(document) + b"\n"


def _batches(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Many records at a time: to look for a secret costs more for each text than for its length."""
    while batch := list(islice(lines, _BATCH)):
        yield b",".join(batch)


def _dumps(value: Any) -> bytes:
    from nangonb._records import to_js_json

    try:
        return to_js_json(value)
    except TypeError:  # a parameter or the detail of an error that was no JSON: as text
        return to_js_json(json.loads(json.dumps(value, default=str)))
