"""The state of deployed syncs, and acting on them, for real."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nangonb.errors import ApiError, Interrupted, NangonbError, RunError, UnknownName, UsageError
from nangonb.session.connecting import Chosen
from nangonb.session.deployed import NOT_DEPLOYED, NOTHING_DEPLOYED, is_declared
from nangonb.session.homes import Homes
from nangonb.session.runs import Run, State, after_trigger, has_ended, is_running, outcome_of
from nangonb.session.sync_states import SyncStates
from nangonb.session.values import parse_variant, positive
from nangonb.text import plural

if TYPE_CHECKING:
    from nangonb.dryrun import Progress
    from nangonb.nango import Client
    from nangonb.session.config import Target


_WAIT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A sync that is acted on; ``state`` asks Nango for what it is now, and raises where it is not there."""

    named: str
    name: str
    integration: str
    integration_id: str | None
    variant: str
    target: Target
    client: Client
    chosen: Chosen
    state: Callable[[], State]

    @property
    def shown(self) -> str:
        """``contacts on conn-1 · dev · api.nango.dev · salesforce``."""
        name = self.name if self.variant == "base" else f"{self.name} ({self.variant})"
        return f"{name} on {self.chosen.connection_id} · {self.target.label} · {self.integration}"


@dataclass(slots=True)
class _Waited:
    """How far waiting is. ``began``: the run was seen while it ran; ``latest`` is the latest answer."""

    place: _Place
    latest: State
    triggering: bool = False
    triggered: bool = False
    began: bool = False

    def progress(self, stage: str, seconds: float) -> Progress:
        from nangonb.dryrun import Progress

        if self.triggered and not self.began:
            stage = "Nango has not started the run yet"
        counts = self.latest.get("recordCount")
        stored = (
            sum(n for n in counts.values() if isinstance(n, int)) if isinstance(counts, Mapping) else None
        )
        more = "" if stored is None else f", {plural(stored, 'record')} in Nango"
        return Progress(0, 0, 0, seconds, f"{stage}{more}")


class Syncs(Homes):
    """The part of a session that looks at deployed syncs and acts on them."""

    def status(
        self,
        name: str | None = None,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """The state of a deployed sync, or of all: status, schedule, counts, checkpoint, latest result.

        Of the connection that is named, else the selected or configured one, else of all connections.

        Raises:
            UnknownName, UsageError: the sync, the connection or an option.
            ApiError, NetworkError, ConfigurationError: Nango.
        """
        target = self.target(environment)
        client = self.client(target)
        if name is not None:
            integration, name = self._sync_home(name, target, connection, integration_id)
            homes = [integration]
        else:
            homes = self._homes(target, connection, integration_id)
        states: list[dict[str, Any]] = []
        where = set()
        for home in homes:
            known = connection or self.selection(target.environment).get(home) or self.config.connection(home)
            where.add(known)
            states += self._states(client, target, home, known, name, variant)
        every = f"{name} of {homes[0]}" if name else f"the syncs of {', '.join(homes) or 'no integration'}"
        one = where.pop() if len(where) == 1 else ""
        of = f" on {one}" if one else " on all connections" if one is None else ""
        none = "" if states else ": none is deployed"
        return SyncStates(target.label, (f"{every}{of} · {target.label}{none}",), states)

    def trigger(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
        reset: bool = False,
        empty_cache: bool = False,
        wait: bool = False,
        timeout: float | None = None,
    ) -> SyncStates:
        """Run a deployed sync now, for real, beside its schedule. Returns its state.

        Nango answers before the run exists: until then the status is ``PENDING``. ``wait`` waits for the end
        of the run, for at most ``timeout`` seconds (600). A run that is in progress is waited for first, so
        that the result is not its result. ``reset`` lets the sync start from scratch: without checkpoint and
        date of the last run. ``empty_cache`` also deletes its synced records first.

        Raises: as :meth:`status`; UsageError also where nothing says which connection. With ``wait``:
            RunError: the run failed, or has not ended in time.
            Interrupted: it was stopped; the run goes on at Nango.
        """
        if empty_cache and not reset:
            raise UsageError(
                "--empty-cache deletes what was synced, and needs --reset, so that all is fetched again.",
                hint="Add --reset.",
            )
        if timeout is not None and not wait:
            raise UsageError("--timeout limits how long --wait waits.", hint="Add --wait.")
        seconds = positive(timeout, "--timeout") or _WAIT_SECONDS
        place = self._place("trigger", name, connection, environment, integration_id, variant)
        opts = {"reset": reset, "empty_cache": empty_cache}
        how = ", from scratch" if reset else ""
        gone = ", and its synced records are deleted first" if empty_cache else ""
        before = place.state()
        if wait:
            return self._awaited(place, before, opts, seconds, f"{how}{gone}")
        self._order(place, "trigger", opts)
        said = f"triggered: Nango starts the run in a moment{how}{gone}"
        if is_running(before):
            said = f"triggered during a run, and Nango may not start another one beside it{how}{gone}"
        state = after_trigger(place.state(), before)
        watch = f"Watch it: {self._line_of(place, 'status')}"
        return SyncStates(place.target.label, (f"✓ {place.shown} · {said}.", watch), [state], "triggered")

    def start(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """Start the schedule of a deployed sync, for real: it runs at its interval.

        It runs at once only where it never ran, or where a run is due.

        Raises: as :meth:`trigger`.
        """
        place = self._place("start", name, connection, environment, integration_id, variant)
        place.state()  # raises unless it is there
        self._order(place, "start", {})
        said = "started: it runs at its interval, and at once only if it never ran or a run is due"
        lines = (
            f"✓ {place.shown} · {said}.",
            f"Watch it: {self._line_of(place, 'status')}",
            f"Run it now: {self._line_of(place, 'trigger')} --wait",
        )
        return SyncStates(place.target.label, lines, [place.state()], "started")

    def pause(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """Pause the schedule of a deployed sync, for real. Its records stay.

        Raises: as :meth:`trigger`.
        """
        place = self._place("pause", name, connection, environment, integration_id, variant)
        place.state()  # raises unless it is there
        self._order(place, "pause", {})
        said = "paused: it runs no more until it is started; its records stay"
        lines = (f"✓ {place.shown} · {said}.", f"Start it again: {self._line_of(place, 'start')}")
        return SyncStates(place.target.label, lines, [place.state()], "paused")

    # Waiting

    def _awaited(
        self, place: _Place, before: State, opts: dict[str, Any], seconds: float, how: str
    ) -> SyncStates:
        """Trigger it, and wait for the end of the run that this starts."""
        from nangonb.nango.polling import poll

        show = self.front.progress(place.name) if self.front else None
        waited = _Waited(place, before)
        started = time.monotonic()

        def tell(stage: str) -> Callable[[State, float], None]:
            def told(state: State, _: float) -> None:
                waited.latest = state
                waited.began = waited.began or (waited.triggered and is_running(state))
                if show is not None:
                    show(waited.progress(stage, time.monotonic() - started))

            return told

        try:
            if is_running(before):
                earlier = poll(
                    place.state,
                    lambda state: not is_running(state),
                    seconds=seconds,
                    on_answer=tell("waits for the run in progress"),
                )
                if earlier is None:
                    raise self._too_late(waited, seconds)
                before = earlier
            waited.triggering = True
            self._order(place, "trigger", opts)
            waited.triggered, ordered = True, time.monotonic()
            ended = poll(
                place.state,
                lambda state: has_ended(state, before) or (waited.began and not is_running(state)),
                seconds=max(seconds - (time.monotonic() - started), 0),
                on_answer=tell("running"),
            )
        except KeyboardInterrupt:
            raise self._stopped(waited, before) from None
        finally:
            if show is not None:
                show(None)
        if ended is None:
            raise self._too_late(waited, seconds, before)
        return self._ended(place, ended, time.monotonic() - ordered, how)

    def _ended(self, place: _Place, state: State, seconds: float, how: str) -> SyncStates:
        from nangonb.render import elapsed

        outcome = outcome_of(state)
        result = state.get("latestResult") if outcome != "failed" else None
        run = Run(outcome, seconds, result if isinstance(result, Mapping) else None)
        after = f"after {elapsed(seconds)}"
        if outcome == "failed":
            why = self.masker.text(str(state.get("error") or ""))
            tried = "%nango_dryrun" if self.door == "notebook" else "nangonb dryrun …"
            raise RunError(
                f"The run of {place.shown} failed {after}{f': {why}' if why else '.'}",
                states=SyncStates(place.target.label, (), [state], "triggered", run),
                hint=f"Nango's log has the details; {tried} {place.named} runs the script here.",
            )
        mark, said = "✓", f"the run succeeded {after}"
        if outcome is None:
            mark, said = "▲", f"the run ended {after}, and Nango does not say whether it succeeded"
        lines = [f"{mark} {place.shown} · triggered{how}: {said}."]
        counts = state.get("recordCount")
        for model in list(counts)[:1] if isinstance(counts, Mapping) else ():
            lines.append(f"Its records: {self._line_of(place, 'records', str(model).partition('::')[0])}")
        return SyncStates(place.target.label, tuple(lines), [state], "triggered", run)

    def _too_late(self, waited: _Waited, seconds: float, before: State | None = None) -> RunError:
        place, states = waited.place, self._states_until_then(waited, before)
        longer = "--timeout S waits longer."
        if not waited.triggered:
            return RunError(
                f"{place.shown} was not triggered: the run in progress has not ended after {seconds:g} s.",
                states=states,
                hint=f"Watch it: {self._line_of(place, 'status')}\n{longer}",
            )
        said = "has not ended" if waited.began else "has not begun"
        return RunError(
            f"The run of {place.shown} {said} after {seconds:g} s. It is not stopped at Nango.",
            states=states,
            hint=f"Watch it: {self._line_of(place, 'status')}\n{longer}",
        )

    def _stopped(self, waited: _Waited, before: State) -> Interrupted:
        place = waited.place
        if waited.triggered:
            said = f"Stopped waiting for the run of {place.shown}. It goes on at Nango."
        elif waited.triggering:
            said = f"Stopped. It is not known whether {place.shown} was triggered."
        else:
            said = f"Stopped. {place.shown} was not triggered."
        hint = f"Watch it: {self._line_of(place, 'status')}"
        return Interrupted(said, states=self._states_until_then(waited, before), hint=hint)

    def _states_until_then(self, waited: _Waited, before: State | None) -> SyncStates:
        """What was known when waiting ended before the run did."""
        state = waited.latest
        if not waited.triggered or before is None:
            return SyncStates(waited.place.target.label, (), [state])
        return SyncStates(waited.place.target.label, (), [after_trigger(state, before)], "triggered")

    # One sync

    def _place(
        self,
        verb: str,
        named: str,
        connection: str | None,
        environment: str | None,
        integration_id: str | None,
        variant: str,
    ) -> _Place:
        """The sync that is acted on. Raises unless it is there."""
        parse_variant(variant)
        target = self.target(environment)
        integration, name = self._sync_home(named, target, connection, integration_id)
        chosen = self._choose(target, integration, connection, named, verb=verb)
        client, connection_id = self.client(target), chosen.connection_id

        def state() -> State:
            return self._states(client, target, integration, connection_id, name, variant, chosen)[0]

        return _Place(named, name, integration, integration_id, variant, target, client, chosen, state)

    def _order(self, place: _Place, verb: str, more: dict[str, Any]) -> None:
        client = place.client
        order = {"trigger": client.trigger_sync, "start": client.start_sync, "pause": client.pause_sync}[verb]
        try:
            order(
                place.name,
                connection_id=place.chosen.connection_id,
                provider_config_key=place.integration,
                variant=place.variant,
                **more,
            )
        except ApiError as error:
            raise self._explained(error, place.target, place.integration, place.chosen) from None

    def _line_of(self, place: _Place, verb: str, name: str | None = None) -> str:
        return self._line(
            verb,
            name or place.named,
            place.chosen.connection_id,
            place.variant,
            place.target,
            place.integration_id,
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
        wanted = [] if name is None else [name if variant == "base" else f"{name}::{variant}"]
        try:
            states = client.sync_status(integration, wanted, connection_id=connection_id)
        except ApiError as error:
            shown = self._explained(error, target, integration, chosen) if connection_id else error
            if shown is not error or name is None or error.status not in (400, 404):
                raise shown from None
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
        every = client.sync_status(integration, connection_id=connection_id)
        if variant != "base":
            variants = sorted({str(each.get("variant")) for each in every if each.get("name") == name})
            if variants:
                return UnknownName(f"variant of {name} in {target.label}", variant, variants)
        where = f" on {connection_id}" if connection_id else ""
        declared = is_declared(self.project, integration, name)
        return UnknownName(
            f"sync of {integration}{where} in {target.label}",
            name,
            sorted({str(each.get("name")) for each in every}),
            hint=NOT_DEPLOYED if declared else "",
            none="" if declared else NOTHING_DEPLOYED,
        )
