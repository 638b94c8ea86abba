"""Deployed syncs: their state, and acting on them, for real."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nangonb._session.connections import Chosen, Connections
from nangonb._session.context import Context
from nangonb._session.homes import NOT_DEPLOYED, NOTHING_DEPLOYED, Homes, is_declared
from nangonb._session.sync_states import (
    Run,
    State,
    SyncStates,
    after_trigger,
    has_ended,
    is_running,
    outcome_of,
)
from nangonb._session.values import parse_variant
from nangonb._session.workspace import Workspace
from nangonb._text import plural
from nangonb.errors import ApiError, Interrupted, NangonbError, RunError, UnknownName

if TYPE_CHECKING:
    from nangonb._dryrun import Progress
    from nangonb._nango import Client
    from nangonb._session.config import Target


@dataclass(frozen=True, slots=True)
class DeployedSync:
    """One sync of a connection. ``state`` asks Nango, and raises where it is not deployed."""

    context: Context
    connections: Connections
    given_name: str
    name: str
    integration: str
    integration_id: str | None
    variant: str
    target: Target
    client: Client
    chosen: Chosen
    state: Callable[[], State]

    @property
    def label(self) -> str:
        """``contacts on conn-1 · dev · api.nango.dev · salesforce``."""
        name = self.name if self.variant == "base" else f"{self.name} ({self.variant})"
        return f"{name} on {self.chosen.connection_id} · {self.target.label} · {self.integration}"

    def line(self, verb: str, name: str | None = None) -> str:
        """The line to type for another verb on this sync."""
        return self.context.lines.verb(
            verb,
            name or self.given_name,
            self.chosen.connection_id,
            environment=self.target.environment,
            integration_id=self.integration_id,
            variant=self.variant,
        )

    def trigger(self, *, reset: bool, empty_cache: bool) -> SyncStates:
        """Run it now. Nango answers before the run begins."""
        before = self.state()
        self._order("trigger", reset=reset, empty_cache=empty_cache)
        summary = f"triggered: Nango starts the run soon{_how(reset, empty_cache)}"
        if is_running(before):
            summary = "triggered during a run; Nango may skip it"
            summary += _how(reset, empty_cache)
        state = after_trigger(self.state(), before)
        lines = (f"✓ {self.label} · {summary}.", f"Watch it: {self.line('status')}")
        return SyncStates(self.target.label, lines, [state], "triggered")

    def trigger_and_wait(self, *, reset: bool, empty_cache: bool, seconds: float) -> SyncStates:
        """Run it now, and wait for the end of the run that this starts; first, for that of a run in progress.

        Raises:
            RunError: the run failed, or has not ended in time.
            Interrupted: it was stopped; the run goes on at Nango.
        """
        before = self.state()
        waiting = _Waiting(self, before, seconds)
        with self.context.progress(self.name) as show:
            waiting.show = show
            ended, after = waiting.run(lambda: self._order("trigger", reset=reset, empty_cache=empty_cache))
        return self._ended(ended, after, _how(reset, empty_cache))

    def start(self) -> SyncStates:
        """Start its schedule: it runs at its interval."""
        self.state()  # raises unless it is deployed
        self._order("start")
        summary = "started: it runs at its interval, and at once only if it never ran or a run is due"
        lines = (
            f"✓ {self.label} · {summary}.",
            f"Watch it: {self.line('status')}",
            f"Run it now: {self.line('trigger')} --wait",
        )
        return SyncStates(self.target.label, lines, [self.state()], "started")

    def pause(self) -> SyncStates:
        """Pause its schedule. Its records stay."""
        self.state()  # raises unless it is deployed
        self._order("pause")
        summary = "paused: it does not run until you start it; its records are kept"
        lines = (f"✓ {self.label} · {summary}.", f"Start it again: {self.line('start')}")
        return SyncStates(self.target.label, lines, [self.state()], "paused")

    def _order(self, verb: str, **options: Any) -> None:
        syncs = self.client.syncs
        order = {"trigger": syncs.trigger, "start": syncs.start, "pause": syncs.pause}[verb]
        try:
            order(
                self.name,
                connection_id=self.chosen.connection_id,
                provider_config_key=self.integration,
                variant=self.variant,
                **options,
            )
        except ApiError as error:
            raise self.connections.explained(error, self.target, self.integration, self.chosen) from None

    def _ended(self, state: State, seconds: float, how: str) -> SyncStates:
        from nangonb._render import elapsed

        outcome = outcome_of(state)
        result = state.get("latestResult") if outcome != "failed" else None
        run = Run(outcome, seconds, result if isinstance(result, Mapping) else None)
        after = f"after {elapsed(seconds)}"
        if outcome == "failed":
            why = self.context.masker.text(str(state.get("error") or ""))
            line = self.context.lines.verb("dryrun", self.given_name, needs_source=True)
            raise RunError(
                f"The run of {self.label} failed {after}{f': {why}' if why else '.'}",
                states=SyncStates(self.target.label, (), [state], "triggered", run),
                hint=f"Nango's log has the details; {line} runs the script here.",
            )
        mark, summary = "✓", f"the run succeeded {after}"
        if outcome is None:
            mark, summary = "▲", f"the run ended {after}, and Nango does not report its outcome"
        lines = [f"{mark} {self.label} · triggered{how}: {summary}."]
        counts = state.get("recordCount")
        for model in list(counts)[:1] if isinstance(counts, Mapping) else ():
            lines.append(f"Its records: {self.line('records', str(model).partition('::')[0])}")
        return SyncStates(self.target.label, tuple(lines), [state], "triggered", run)


def _how(reset: bool, empty_cache: bool) -> str:
    how = ", from scratch" if reset else ""
    return f"{how}, and its synced records are deleted first" if empty_cache else how


@dataclass(slots=True)
class _Waiting:
    """How far waiting is. ``began``: the run was seen while it ran; ``latest`` is the latest answer."""

    sync: DeployedSync
    before: State
    seconds: float
    show: Callable[[Progress], None] | None = None
    triggering: bool = False
    triggered: bool = False
    began: bool = False
    latest: State | None = None

    def run(self, trigger: Callable[[], None]) -> tuple[State, float]:
        """Trigger it once no run is in progress. Returns the state after the run, and its seconds."""
        from nangonb._nango.polling import poll

        started = time.monotonic()
        try:
            if is_running(self.before):
                earlier = poll(
                    self.sync.state,
                    lambda state: not is_running(state),
                    seconds=self.seconds,
                    on_answer=self._progress("waits for the run in progress", started),
                )
                if earlier is None:
                    raise self._too_late()
                self.before = earlier
            self.triggering = True
            trigger()
            self.triggered, ordered = True, time.monotonic()
            ended = poll(
                self.sync.state,
                lambda state: has_ended(state, self.before) or (self.began and not is_running(state)),
                seconds=max(self.seconds - (time.monotonic() - started), 0),
                on_answer=self._progress("running", started),
            )
        except KeyboardInterrupt:
            raise self._stopped() from None
        if ended is None:
            raise self._too_late()
        return ended, time.monotonic() - ordered

    def _progress(self, stage: str, started: float) -> Callable[[State, float], None]:
        from nangonb._dryrun import Progress

        def on_answer(state: State, _: float) -> None:
            self.latest = state
            self.began = self.began or (self.triggered and is_running(state))
            if self.show is None:
                return
            text = "Nango has not started the run yet" if self.triggered and not self.began else stage
            counts = state.get("recordCount")
            if isinstance(counts, Mapping):
                stored = sum(n for n in counts.values() if isinstance(n, int))
                text += f", {plural(stored, 'record')} in Nango"
            self.show(Progress(0, 0, 0, time.monotonic() - started, text))

        return on_answer

    def _too_late(self) -> RunError:
        sync = self.sync
        hint = f"Watch it: {sync.line('status')}\n--timeout S waits longer."
        if not self.triggered:
            message = (
                f"{sync.label} was not triggered: the run in progress has not ended after {self.seconds:g} s."
            )
        else:
            progress = "has not ended" if self.began else "has not begun"
            message = f"The run of {sync.label} {progress} after {self.seconds:g} s. It continues in Nango."
        return RunError(message, states=self._states(), hint=hint)

    def _stopped(self) -> Interrupted:
        sync = self.sync
        if self.triggered:
            message = f"Stopped waiting for the run of {sync.label}. The run continues in Nango."
        elif self.triggering:
            message = f"Stopped. The trigger of {sync.label} may have reached Nango."
        else:
            message = f"Stopped. {sync.label} was not triggered."
        return Interrupted(message, states=self._states(), hint=f"Watch it: {sync.line('status')}")

    def _states(self) -> SyncStates:
        """What was known when waiting ended before the run did."""
        label, state = self.sync.target.label, self.latest or self.before
        if not self.triggered:
            return SyncStates(label, (), [state])
        return SyncStates(label, (), [after_trigger(state, self.before)], "triggered")


class Syncs:
    """The deployed syncs of the environments."""

    def __init__(self, context: Context, workspace: Workspace, connections: Connections) -> None:
        self._context, self._workspace, self._connections = context, workspace, connections

    @property
    def homes(self) -> Homes:
        return Homes(self._workspace.project, self._connections, self._context.lines)

    def states(
        self,
        name: str | None,
        connection: str | None,
        environment: str | None,
        integration_id: str | None,
        variant: str,
    ) -> SyncStates:
        """The state of one sync, or of all: of the connection that is named, else the selected or configured
        one, else of all connections."""
        target = self._connections.target(environment)
        client = self._connections.client(target)
        if name is not None:
            integration, name = self.homes.of_sync(name, target, connection, integration_id)
            homes = [integration]
        else:
            homes = self.homes.of_connection(target, connection, integration_id)
        states: list[dict[str, Any]] = []
        where = set()
        selected = self._connections.selection.of(target.environment)
        for home in homes:
            known = connection or selected.get(home) or self._context.config.connection(home)
            where.add(known)
            states += self._states(client, target, home, known, name, variant)
        every = f"{name} of {homes[0]}" if name else f"the syncs of {', '.join(homes) or 'no integration'}"
        one = where.pop() if len(where) == 1 else ""
        of = f" on {one}" if one else " on all connections" if one is None else ""
        none = "" if states else ": none is deployed"
        return SyncStates(target.label, (f"{every}{of} · {target.label}{none}",), states)

    def sync(
        self,
        verb: str,
        given_name: str,
        connection: str | None,
        environment: str | None,
        integration_id: str | None,
        variant: str,
    ) -> DeployedSync:
        """The sync that ``verb`` acts on. Raises UnknownName, UsageError."""
        parse_variant(variant)
        target = self._connections.target(environment)
        integration, name = self.homes.of_sync(given_name, target, connection, integration_id)
        chosen = self._connections.choose(target, integration, connection, given_name, verb=verb)
        client, connection_id = self._connections.client(target), chosen.connection_id

        def state() -> State:
            return self._states(client, target, integration, connection_id, name, variant, chosen)[0]

        return DeployedSync(
            *(self._context, self._connections, given_name, name, integration, integration_id),
            *(variant, target, client, chosen, state),
        )

    def _states(
        self,
        client: Client,
        target: Target,
        integration: str,
        connection_id: str | None,
        name: str | None,
        variant: str,
        chosen: Chosen | None = None,
    ) -> list[dict[str, Any]]:
        """The state of one sync, or of all of an integration. Raises UnknownName where it is not there."""
        chosen = chosen or Chosen(connection_id or "", "argument")
        full_name = [] if name is None else [name if variant == "base" else f"{name}::{variant}"]
        try:
            states = client.syncs.status(integration, full_name, connection_id=connection_id)
        except ApiError as error:
            explained = (
                self._connections.explained(error, target, integration, chosen) if connection_id else error
            )
            if explained is not error or name is None or error.status not in (400, 404):
                raise explained from None
            states = []
        if name is not None and not states:
            raise self._no_sync(client, target, integration, connection_id, name, variant)
        return [{"integration": integration, **state} for state in states]

    def _no_sync(
        self,
        client: Client,
        target: Target,
        integration: str,
        connection_id: str | None,
        name: str,
        variant: str,
    ) -> NangonbError:
        every = client.syncs.status(integration, connection_id=connection_id)
        if variant != "base":
            variants = sorted({str(each.get("variant")) for each in every if each.get("name") == name})
            if variants:
                return UnknownName(f"variant of {name} in {target.label}", variant, variants)
        where = f" on {connection_id}" if connection_id else ""
        declared = is_declared(self._workspace.project, integration, name)
        return UnknownName(
            f"sync of {integration}{where} in {target.label}",
            name,
            sorted({str(each.get("name")) for each in every}),
            hint=NOT_DEPLOYED if declared else "",
            none="" if declared else NOTHING_DEPLOYED,
        )
