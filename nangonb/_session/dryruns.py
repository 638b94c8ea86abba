"""Dry runs, and the earlier one that ``--since-last`` goes on from and ``--against`` compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nangonb._project import Problem, Script
from nangonb._session.connections import Connections
from nangonb._session.context import Context
from nangonb._session.native import what
from nangonb._session.replays import Replayer
from nangonb._session.workspace import Workspace
from nangonb.errors import ApiError, UnknownName, UsageError

if TYPE_CHECKING:
    from nangonb._dryrun import Dryrun, DryrunOptions, Earlier
    from nangonb._session.lines import Door

_HISTORY: Final = 20
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
    last = given or (before[-1].as_earlier() if before else None)
    notes = list(options.notes)
    if last is None:
        notes.append(_nothing_before(where, since_last))
    if since_last and last is not None:
        checkpoint = last.checkpoint if options.checkpoint is None else options.checkpoint
        options = replace(options, since=last, last_sync_date=last.next_date, checkpoint=checkpoint)
        notes += _from_the_future(last.next_date)
    if against is not None:
        whole = next((run for run in reversed(before) if run.ok), None)
        options = replace(options, against=given or (whole.as_earlier() if whole else last))
    return replace(options, notes=tuple(notes))


def _given(against: Any, door: Door) -> Earlier | None:
    """The run that is named; None for ``previous``, and where there is nothing to compare with."""
    from nangonb._dryrun import Dryrun
    from nangonb._dryrun.compare import read

    if against is None or (isinstance(against, str) and against == PREVIOUS):
        return None
    if isinstance(against, Dryrun):
        if against.script.kind != "sync":
            raise UsageError(f"--against: {against.script.name} is not a sync. It has no records to compare.")
        return against.as_earlier()
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
    moment = f"{date:%Y-%m-%dT%H:%M:%SZ}"
    return [
        Problem(
            "clock-set-back",
            f"last_sync_date is {moment}, when the earlier run began, and this computer's clock says "
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


class DryRuns:
    """Runs scripts. ``history`` holds the latest 20 results, the last one last."""

    def __init__(
        self, context: Context, workspace: Workspace, connections: Connections, replayer: Replayer
    ) -> None:
        self._context, self._workspace, self._connections = context, workspace, connections
        self._replayer = replayer
        self.history: list[Dryrun] = []

    def run(
        self,
        script: Script,
        connection: str | None,
        options: DryrunOptions,
        *,
        name: str,
        integration: str,
        environment: str | None,
        since_last: bool,
        against: Any,
    ) -> Dryrun:
        """Run a script on a connection: the one named, else the selected one, else the one that
        pyproject.toml names, else the integration's only one. ``name`` is how the user called the script."""
        from nangonb._dryrun import FROM_JSON, Audience, Destination, Recall, run

        context = self._context
        if options.save_responses:
            self._replayer.check_saving(script, integration)
        target = self._connections.target(environment)
        client = self._connections.client(target)
        chosen = self._connections.choose(target, integration, connection, name)
        where = Where(script.key, integration, chosen.connection_id, target.label, options.variant)
        options = with_earlier(
            options, where, self.history, since_last=since_last, against=against, door=context.lines.door
        )
        try:
            with context.progress(script.name) as show:
                result = run(
                    self._workspace.project,
                    script,
                    client,
                    Destination(
                        masker=context.masker,
                        integration=integration,
                        connection_id=chosen.connection_id,
                        target=target.label,
                        environment=target.environment,
                    ),
                    options,
                    Audience(
                        preview_rows=context.config.preview_rows,
                        on_start=self._remember,
                        on_progress=show,
                        locate_name=context.locate_name,
                        recall=FROM_JSON if context.is_command else Recall(),
                        columns=not context.is_command,
                    ),
                )
                if options.save_responses:
                    self._replayer.save(result)
                return result
        except ApiError as error:
            raise self._connections.explained(error, target, integration, chosen) from None

    def latest(self, name: str | None = None) -> Dryrun:
        """The latest result (of a script), failed and interrupted ones included. Raises UsageError."""
        for result in reversed(self.history):
            if name is None or result.script.answers_to(name):
                return result
        ran = sorted({result.script.name for result in self.history})
        if name is not None and ran:
            raise UnknownName("script with a dry run", name, ran)
        raise UsageError("No script was dry run yet.", hint=f"%nango_dryrun {name or 'NAME'}")

    def _remember(self, result: Dryrun) -> None:
        self.history.append(result)
        for old in self.history[:-_HISTORY]:
            _ = old.compared  # so that it lets go of the run before it
        del self.history[:-_HISTORY]
