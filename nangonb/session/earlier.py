"""The earlier dry run that ``--since-last`` goes on from and ``--against`` compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nangonb.errors import UsageError
from nangonb.project import Problem, Script
from nangonb.session.native import what

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun, DryrunOptions, Earlier
    from nangonb.session.front import Door

PREVIOUS: Final = "previous"


@dataclass(frozen=True, slots=True)
class Where:
    """What two runs have in common, if one goes on from the other."""

    script: str
    integration: str
    connection_id: str
    target: str
    variant: str

    @classmethod
    def of(cls, run: Dryrun) -> Where:
        context = run.runtime.context
        return cls(run.script.key, context.integration, run.connection_id, run.target, context.variant)


def check_earlier(
    script: Script, *, since_last: bool, against: Any, last_sync_date: datetime | None, payload: Any
) -> None:
    """Raises :class:`UsageError` for options that contradict each other, or the script."""
    if against is not None and script.kind != "sync":
        raise UsageError(f"{script.name} is no sync; only a sync's records can be compared (--against).")
    if not since_last:
        return
    if script.kind != "sync":
        raise UsageError(f"{script.name} is no sync; only a sync goes on from its last run (--since-last).")
    if last_sync_date is not None:
        raise UsageError("--since-last and -l both say what nango.last_sync_date is.", hint="Leave one out.")
    if payload is not None:
        raise UsageError("A webhook does not go on from the last run.", hint="Leave out --since-last.")


def with_earlier(
    options: DryrunOptions,
    where: Where,
    history: Sequence[Dryrun],
    *,
    since_last: bool,
    against: Any,
    door: Door,
) -> DryrunOptions:
    """``options`` that go on from an earlier run, or are compared with one.

    ``against`` is a Dryrun, ``previous``, or ``@FILE`` with what ``nangonb dryrun --json`` printed. With both
    options, a run that ``against`` names is the one to go on from, too.

    Raises:
        UsageError: there can be no such run: on the command line none was before.
    """
    from nangonb.dryrun import Earlier

    if not since_last and against is None:
        return options
    before = [run for run in history if Where.of(run) == where and not run.webhook and run.state != "running"]
    given = _given(against, door)
    if door == "command" and given is None:
        option = "--since-last --against" if since_last else "--against"
        raise UsageError(
            f"{option.split()[0]}: a command remembers no earlier run.",
            hint=f"Keep what --json prints, and name it: {option} @run.json",
        )
    last = given or (Earlier.of(before[-1]) if before else None)
    notes = list(options.notes)
    if last is None:
        notes.append(_nothing_before(where, since_last))
    if since_last and last is not None:
        checkpoint = last.checkpoint if options.checkpoint is None else options.checkpoint
        options = replace(options, since=last, last_sync_date=last.next_date, checkpoint=checkpoint)
        notes += _from_the_future(last.next_date)
    if against is not None:
        whole = next((run for run in reversed(before) if run.ok), None)
        options = replace(options, against=given or (Earlier.of(whole) if whole else last))
    return replace(options, notes=tuple(notes))


def _given(against: Any, door: Door) -> Earlier | None:
    """The run that is named; None for ``previous``, and where there is nothing to compare with."""
    from nangonb.dryrun import Dryrun, Earlier
    from nangonb.dryrun.compare import read

    if against is None or (isinstance(against, str) and against == PREVIOUS):
        return None
    if isinstance(against, Dryrun):
        if against.script.kind != "sync":
            raise UsageError(f"--against: {against.script.name} is no sync; it has no records to compare.")
        return Earlier.of(against)
    if isinstance(against, str) and against.startswith("@"):
        return read(Path(against[1:]).expanduser(), "--against")
    if door == "command" or (isinstance(against, str) and against.endswith(".json")):
        hint = "A file is named with @ before it: --against @run.json"
    else:
        hint = "before = nangonb.last_dryrun(), and later: --against $before"
    raise UsageError(
        f"--against is previous, a Dryrun, or @run.json, not {what(against)}.",
        hint=hint,
    )


def _from_the_future(date: datetime | None) -> list[Problem]:
    """The clock was set back since then: what changes until it is there again would be missed unseen."""
    now = datetime.now(UTC)
    if date is None or date <= now:
        return []
    said = f"{date:%Y-%m-%dT%H:%M:%SZ}"
    return [
        Problem(
            "clock-set-back",
            f"last_sync_date is {said}, when the earlier run began, and this computer's clock says "
            f"{now:%Y-%m-%dT%H:%M:%SZ}: it was set back. What changed before last_sync_date is not fetched.",
            hint="Name the moment yourself instead: -l 2026-01-31T12:00:00Z",
        )
    ]


def _nothing_before(where: Where, since_last: bool) -> Problem:
    name = where.script.rpartition("/")[2]
    variant = "" if where.variant == "base" else f", variant {where.variant},"
    what = "everything was fetched" if since_last else "there was nothing to compare with"
    return Problem(
        "no-earlier-run",
        f"{name} was not dry run on {where.connection_id}{variant} before: {what}.",
        hint="Run it again: this run is the previous one then.",
    )
