"""A replay compared with what was saved: the first difference, as a person wants to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nangonb._dryrun.replay import replay
from nangonb._dryrun.saved_responses import ABSENT, SavedResponses, same_text
from nangonb._dryrun.saving import full_name, last_of_each
from nangonb.errors import ConfigurationError, ScriptError

if TYPE_CHECKING:
    from nangonb._dryrun.result import Dryrun
    from nangonb._project import Project, Script

_SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """``where`` is ``output`` or ``batch_save Contact``, ``id`` the record's, ``path`` is inside of it.

    ``expected`` and ``got`` are values, or :data:`ABSENT` where there is none.
    """

    where: str
    id: Any
    path: str
    expected: Any
    got: Any

    @property
    def expected_text(self) -> str:
        return _shown(self.expected)

    @property
    def got_text(self) -> str:
        return _shown(self.got)

    def __str__(self) -> str:
        record = "" if self.id is None else f" · id {_shown(self.id)}"
        at = f" · {self.path}" if self.path else ""
        return f"{self.where}{record}{at}: expected {_shown(self.expected)}, got {_shown(self.got)}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One script. ``passed`` is None where it was skipped; ``reason`` says why it did not pass.

    ``saved``: whether there are saved responses at all.
    """

    script: Script
    passed: bool | None
    reason: str = ""
    difference: Difference | None = None
    dryrun: Dryrun | None = None
    saved: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form, a line of ``nangonb test --json``."""
        return {
            "integration": self.script.integration,
            "name": self.script.name,
            "kind": self.script.kind,
            "passed": self.passed,
            "reason": self.reason,
        }


def replayed(project: Project, script: Script, saved: SavedResponses) -> Replayed:
    """Replay a script, and compare its input, output and records with the saved ones.

    Raises Interrupted where the user stopped it.
    """
    try:
        result = replay(project, script, saved)
    except ConfigurationError as error:  # without Node.js nothing was run
        return Replayed(script, None, " ".join(error.lines()))
    except ScriptError as error:
        return Replayed(script, False, _why(error), None, error.dryrun)
    if result.capped is not None:
        return Replayed(script, False, f"The replay was ended: {result.capped}.", None, result)
    if not saved.is_compared:
        return Replayed(script, True, "", None, result)
    difference = first_difference(saved, result)
    return Replayed(
        script, difference is None, "" if difference is None else str(difference), difference, result
    )


def _why(error: ScriptError) -> str:
    """The script's own error on one line, with its place; what is not saved comes with the nearest."""
    cause = error.__cause__
    notes = " ".join(map(str, getattr(cause, "__notes__", ())))
    document = error.dryrun.error_json or {}
    place = document.get("place") or {}
    at = f" ({place['source']}, line {place['line']})" if place else ""
    return " ".join(f"{document.get('name')}: {document.get('message')}{at}. {notes}".split())


def first_difference(saved: SavedResponses, result: Dryrun) -> Difference | None:
    """Where a run differs from what was saved; None where it does not. Null and absent differ."""
    if result.script.kind != "sync":
        expected = None if saved.output is ABSENT else saved.output
        difference = _first(expected, result.output, "")
        return None if difference is None else Difference("output", None, *difference)
    for key, operation in (("batchSave", "save"), ("batchDelete", "delete")):
        expected = saved.nango.get(key) or {}
        # where a file says nothing of what is deleted, the CLI's test library compares nothing
        names = [full_name(result, model) for model in result.models] if operation == "save" else []
        for model in dict.fromkeys([*expected, *names]):
            rows = expected.get(model) or []
            row = _rows(f"batch_{operation} {model}", rows, _calls(result, model, operation))
            if row is not None:
                return row
    return None


def _calls(result: Dryrun, model: str, operation: str) -> list[list[dict[str, Any]]]:
    name = model.partition("::")[0]
    return list(result.buffer(name).calls(operation)) if name in result.models else []


def _rows(where: str, expected: Any, calls: Sequence[Sequence[Any]]) -> Difference | None:
    got = [record for call in calls for record in call]
    # what an id that a call saves twice comes to: the CLI keeps the last, its test library both
    difference = _first_row(where, expected, got)
    return difference and _first_row(where, expected, [one for call in calls for one in last_of_each(call)])


def _first_row(where: str, expected: Sequence[Any], got: Sequence[Any]) -> Difference | None:
    for number in range(max(len(expected), len(got))):
        want = expected[number] if number < len(expected) else ABSENT
        have = got[number] if number < len(got) else ABSENT
        difference = _first(want, have, "")
        if difference is not None:
            id = next((one["id"] for one in (want, have) if isinstance(one, Mapping) and "id" in one), None)
            return Difference(where, id, *difference)
    return None


def _first(expected: Any, got: Any, path: str) -> tuple[str, Any, Any] | None:
    """Path, expected and got of the first difference; of equal values None."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name in dict.fromkeys([*expected, *got]):
            inner = f"{path}.{name}" if path else str(name)
            difference = _first(expected.get(name, ABSENT), got.get(name, ABSENT), inner)
            if difference is not None:
                return difference
        return None
    if isinstance(expected, list) and isinstance(got, list):
        for number in range(max(len(expected), len(got))):
            want = expected[number] if number < len(expected) else ABSENT
            have = got[number] if number < len(got) else ABSENT
            difference = _first(want, have, f"{path}[{number}]")
            if difference is not None:
                return difference
        return None
    return None if _equal(expected, got) else (path, expected, got)


def _equal(expected: Any, got: Any) -> bool:
    """As JSON: true is not 1. What is masked in either stands for any text."""
    if isinstance(expected, str) and isinstance(got, str):
        return same_text(expected, got) or same_text(got, expected)
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return bool(type(expected) is type(got) or _number(expected, got)) and bool(expected == got)


def _number(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text):,} characters)"
