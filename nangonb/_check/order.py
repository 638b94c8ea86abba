"""The order in which a sync may call some methods.

Nango's CLIs compare line numbers: the CLI that reads nango.yaml those of the whole file, today's CLI those of
the entry function. The translation keeps the order of functions.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nangonb._check.arguments import argument
from nangonb._check.calls import ParsedScript, Use
from nangonb._check.finding import ALL, Finding, finding_at
from nangonb._project import NANGO_YAML, ZERO_YAML, Layout
from nangonb._sdk import METHODS

_BATCHES = frozenset({"batch_save", "batch_update", "batch_delete"})
_REQUESTS = frozenset(each.name for each in METHODS.values() if each.answered == "response")
_MERGING = "set_merging_strategy"
_DELETES = "delete_records_from_previous_executions"
_START, _END = "track_deletes_start", "track_deletes_end"
_BY_LINES = "Nango's CLI compares line numbers in the file: move the function that contains the call."


def order(script: ParsedScript, misnamed: Collection[int] = ()) -> Iterator[Finding]:
    """Calls that come too early, too late or too often. ``misnamed`` are lines with an unknown model."""
    if script.kind not in ("sync", "module"):
        return
    calls = sorted((use for use in script.uses if use.call is not None), key=_line)
    named = {name: [use for use in calls if use.name == name] for name in (_MERGING, _DELETES, _START, _END)}
    batches = [use for use in calls if use.name in _BATCHES]
    requests = [use for use in calls if use.name in _REQUESTS]
    yield from _merging(named[_MERGING], batches, requests)
    yield from _deletes(named[_DELETES], batches)
    if script.kind == "sync":
        starts, ends = (
            [use for use in _own(named[name]) if _line(use) not in misnamed] for name in (_START, _END)
        )
        yield from _tracked(starts, ends, _own(batches))


def _line(use: Use) -> int:
    return use.node.lineno


def _own(uses: Sequence[Use]) -> list[Use]:
    return [use for use in uses if use.in_entry]


def _refused_by(one: Use, other: Use) -> frozenset[Layout]:
    return ALL if one.in_entry and other.in_entry else frozenset({NANGO_YAML})


def _pair(pairs: Iterator[tuple[Use, Use]]) -> tuple[Use, Use] | None:
    """The pair that most CLIs refuse."""
    return max(pairs, key=lambda pair: len(_refused_by(*pair)), default=None)


def _merging(merging: Sequence[Use], batches: Sequence[Use], requests: Sequence[Use]) -> Iterator[Finding]:
    for others, what in ((batches, "any batching records method"), (requests, "any proxy method")):
        early = _pair((use, other) for use in merging for other in others if _line(use) > _line(other))
        if early is None:
            continue
        use, other = early
        own = _refused_by(*early)
        hint = f"Move it above nango.{other.name}()." if own == ALL else _BY_LINES
        yield _found(
            "merging-order", f"nango.{_MERGING}() should be called before {what}.", use, other, hint, own
        )
        return  # moving it above one mostly moves it above the other, too


def _deletes(deletes: Sequence[Use], batches: Sequence[Use]) -> Iterator[Finding]:
    if len(deletes) > 1:
        again = _pair((use, deletes[0]) for use in deletes[1:])
        assert again is not None
        message = f"nango.{_DELETES}() should be called only once."
        hint = "Use nango.track_deletes_start and nango.track_deletes_end for several models."
        yield _found("delete-order", message, again[0], again[1], hint, _refused_by(*again))
    late = _pair((use, other) for use in deletes for other in batches if _line(other) > _line(use))
    if late is not None:
        use, other = late
        own = _refused_by(*late)
        hint = f"Move it below nango.{other.name}()." if own == ALL else _BY_LINES
        message = f"nango.{_DELETES}() should be called after all batching records methods."
        yield _found("delete-order", message, use, other, hint, own)


def _found(
    code: str, message: str, use: Use, other: Use | None, hint: str, refused_by: frozenset[Layout]
) -> Finding:
    related = () if other is None else (_line(other),)
    return finding_at(code, message, use.node, hint, refused_by, related)


def _tracked(starts: Sequence[Use], ends: Sequence[Use], batches: Sequence[Use]) -> Iterator[Finding]:
    """Check each model on its own, one finding each: a fix for one rule may fix the next."""
    by_model: dict[str, tuple[list[Use], list[Use]]] = {}
    for side, uses in enumerate((starts, ends)):
        for use in uses:
            match argument(use, "model"):
                case ast.Constant(value=str(model)):
                    by_model.setdefault(model, ([], []))[side].append(use)
    for model, (first, last) in by_model.items():
        finding = _of_model(f"for model {model!r}", first, last, batches)
        if finding is not None:
            yield finding


def _of_model(model: str, starts: list[Use], ends: list[Use], batches: Sequence[Use]) -> Finding | None:
    start, end = f"nango.{_START}() {model}", f"nango.{_END}() {model}"

    def fault(message: str, use: Use, other: Use | None, hint: str) -> Finding:
        return _found("track-deletes-order", message, use, other, hint, frozenset({ZERO_YAML}))

    for name, uses in ((start, starts), (end, ends)):
        if len(uses) > 1:
            return fault(f"{name} should be called only once.", uses[1], uses[0], "Remove one of the two.")
    if not starts:
        hint = f"Call nango.{_START} before the records are saved."
        return fault(f"{end} is called, but {_START} is never called.", ends[0], None, hint)
    if not ends:
        hint = f"Call nango.{_END} after all records are saved."
        return fault(f"{start} is called, but {_END} is never called.", starts[0], None, hint)
    if _line(starts[0]) > _line(ends[0]):
        return fault(f"{start} should be called before {_END}.", starts[0], ends[0], "Swap the two.")
    before = next((use for use in batches if _line(use) < _line(starts[0])), None)
    if before is not None:
        message = f"{start} should be called before any batching records method."
        return fault(message, starts[0], before, f"Move it above nango.{before.name}().")
    after = next((use for use in reversed(batches) if _line(use) > _line(ends[0])), None)
    if after is not None:
        message = f"{end} should be called after all batching records methods."
        return fault(message, ends[0], after, f"Move it below nango.{after.name}().")
    return None
