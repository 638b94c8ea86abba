"""A Dryrun as the one JSON document of ``nangonb dryrun --json``; its JSON Schema is beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nangonb.dryrun.result import Dryrun

SCHEMA = 1


def pieces(result: Dryrun) -> Iterator[bytes]:
    """The document, piece by piece, so that a large run is never in memory twice."""
    import orjson

    counts = result.counts
    head = {
        "schema": SCHEMA,
        "script": result.script.key,
        "connection_id": result.connection_id,
        "target": result.target,
        "state": result.state,
        "started": result.started.isoformat().replace("+00:00", "Z"),
        "seconds": round(result.seconds, 6),
        "counts": {
            "added": counts.added,
            "updated": counts.updated,
            "deleted": counts.deleted,
            "requests": result.trace.request_count,
            "writes": result.writes,
        },
    }
    yield orjson.dumps(head)[:-1] + b',"records":{'
    for number, model in enumerate(result.models):
        yield (b"," if number else b"") + orjson.dumps(model) + b":["
        for index, line in enumerate(result.buffer(model).json_lines()):
            yield (b"," if index else b"") + line
        yield b"]"
    rest: dict[str, Any] = {
        "updated": result.updated,
        "deleted": result.deleted,
        **result.trace.as_dict(),
        "problems": [problem.as_dict() for problem in result.problem_list],
        "output": result.output,
        "error": result.error_json,
    }
    yield b"}"
    for name, value in rest.items():
        yield b"," + orjson.dumps(name) + b":" + _dumps(value)
    yield b"}\n"


def _dumps(value: Any) -> bytes:
    from nangonb.records import to_js_json

    return to_js_json(value)
