"""The records that deployed syncs have stored."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from nangonb.errors import ApiError, Interrupted, NangonbError, UnknownName, UsageError
from nangonb.session.deployed import NOT_DEPLOYED, NOTHING_DEPLOYED, integrations_of_model, models_of_syncs
from nangonb.session.homes import Homes
from nangonb.session.native import what
from nangonb.session.runs import State, has_ended, is_running
from nangonb.session.values import count, parse_date, parse_variant

if TYPE_CHECKING:
    from nangonb.nango import Client
    from nangonb.session.config import Target
    from nangonb.session.synced_records import SyncedRecords


class Synced(Homes):
    """The part of a session that reads synced records."""

    _last_records: SyncedRecords | None = None

    def records(
        self,
        model: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        modified_after: str | date | datetime | None = None,
        filter: str | Sequence[str] | None = None,
        limit: int | None = None,
        variant: str = "base",
    ) -> SyncedRecords:
        """The records of a model that a deployed sync has stored: all pages, or the first ``limit`` records.

        ``filter`` is any of ``added``, ``updated``, ``deleted``, joined by commas. Without ``connection``:
        the selected one, else the one that pyproject.toml names, else the integration's only one.

        Raises:
            UnknownName, UsageError: the model, the connection or an option.
            Interrupted: it was stopped; ``error.records`` and :meth:`last_records` are what came until then.
            ApiError, NetworkError, ConfigurationError: Nango; what came is in :meth:`last_records`.
        """
        from nangonb.records import SyncedBuffer
        from nangonb.session.synced_records import SyncedRecords

        chosen_filter = _filters(filter)
        wanted = {
            "modified_after": _moment(modified_after),
            "filter": chosen_filter,
            "limit": count(limit, "--limit"),
            "variant": None if parse_variant(variant) == "base" else variant,
        }
        target = self.target(environment)
        integration = self._home(
            model, integrations_of_model(self.project, model), target, connection, integration_id
        )
        chosen = self._choose(target, integration, connection, model, verb="records")
        found = SyncedRecords(
            model=model,
            variant=variant,
            integration=integration,
            connection_id=chosen.connection_id,
            target=target.label,
            buffer=SyncedBuffer(
                model, self.project.model_schema(model), fields=self.project.model_fields(model)
            ),
            masker=self.masker,
            preview_rows=self.config.preview_rows,
            filter=chosen_filter,
        )
        client = self.client(target)
        self._last_records = found
        states: list[State] | None = None
        try:
            before = _states(client, found, ApiError)
            self._read_pages(client, found, wanted)
            # a read that succeeded does not fail for what is asked afterwards
            states = None if before is None else _states(client, found, NangonbError)
            found.running = None if before is None or states is None else self._running(found, before, states)
            for name in (found.running or ())[:1]:
                found.status_line = self._line(
                    "status", name, found.connection_id, variant, target, integration_id
                )
        except KeyboardInterrupt:
            raise Interrupted(
                f"The records of {model} were stopped after {len(found):,} of them.",
                records=found,
                hint=self._kept(found),
            ) from None
        except NangonbError as error:
            found.state = "failed"
            shown = (
                self._explained(error, target, integration, chosen) if isinstance(error, ApiError) else error
            )
            found.error = shown.message
            shown.hint = "\n".join(line for line in (shown.hint, self._kept(found)) if line)
            raise shown from None
        if states is not None and not len(found) and not found.running:
            self._check_there(states, found, target)
        return found

    def last_records(self) -> SyncedRecords:
        """The latest result of :meth:`records`, also where it was stopped or failed. Raises UsageError."""
        if self._last_records is None:
            raise UsageError("No synced records were read yet.", hint="%nango_records MODEL")
        return self._last_records

    def _read_pages(self, client: Client, found: SyncedRecords, wanted: dict[str, Any]) -> None:
        from nangonb.dryrun import Progress
        from nangonb.nango import Waits
        from nangonb.records import decode, relaxed_gc

        show = self.front.progress(found.model) if self.front else None
        started = time.perf_counter()
        waits = Waits()
        pages = client.watched(waits).records_pages(
            found.model,
            connection_id=found.connection_id,
            provider_config_key=found.integration,
            decode=decode,
            **wanted,
        )
        try:
            with relaxed_gc():
                for page, cursor in pages:
                    found.buffer.append(page)
                    found.requests, found.next_cursor = found.requests + 1, cursor
                    found.seconds = time.perf_counter() - started
                    if show is not None:
                        show(Progress(found.requests, found.requests, len(found), found.seconds))
            found.state = "succeeded"
        finally:
            found.seconds = time.perf_counter() - started
            found.waits = waits.count
            if show is not None:
                show(None)

    def _kept(self, found: SyncedRecords) -> str:
        if not len(found) or self.door == "command":
            return ""
        records = "record" if len(found) == 1 else f"{len(found):,} records"
        return f"The {records} that came until then: nangonb.last_records().df"

    def _running(
        self, found: SyncedRecords, before: Sequence[State], after: Sequence[State]
    ) -> tuple[str, ...]:
        """The syncs of this model that were running when reading began or ended, or ended in between."""
        earlier = {_full_name(state): state for state in before}
        names = set()
        for state in after:
            own = models_of_syncs(self.project, found.integration, [state])
            if (state.get("variant") or "base") != found.variant or (own and found.model not in own):
                continue
            first = earlier.get(_full_name(state), {})
            if is_running(state) or is_running(first) or has_ended(state, first):
                names.add(str(state.get("name")))
        return tuple(sorted(names))

    def _check_there(self, states: Sequence[State], found: SyncedRecords, target: Target) -> None:
        """Nango has no error for a model or variant that no sync has: it gives no records.

        Raises UnknownName.
        """
        there = models_of_syncs(self.project, found.integration, states)
        variants = sorted({str(state.get("variant") or "base") for state in states})
        if found.model not in there:
            declared = integrations_of_model(self.project, found.model)
            hint = NOT_DEPLOYED if found.integration in declared else ""
            error = UnknownName(
                f"synced model of {found.integration} in {target.label}",
                found.model,
                sorted(there),
                hint=hint,
                none="" if hint else NOTHING_DEPLOYED,
            )
        elif found.variant not in variants:
            where = f"{found.integration} on {found.connection_id} in {target.label}"
            error = UnknownName(f"variant of a sync of {where}", found.variant, variants)
        else:
            return
        found.state = "failed"
        found.error = error.message
        raise error


def _states(client: Client, found: SyncedRecords, unknown: type[NangonbError]) -> list[State] | None:
    """The syncs that may save such records, or None where asking for them ends in ``unknown``."""
    try:
        return [*client.sync_status(found.integration, connection_id=found.connection_id)]
    except unknown:
        return None


def _full_name(state: State) -> tuple[str, str]:
    return str(state.get("name")), str(state.get("variant") or "base")


def _moment(value: str | date | datetime | None) -> str | None:
    moment = parse_date(value, "--modified-after")
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _filters(value: object) -> str | None:
    if value is None or isinstance(value, str):
        each: list[Any] = value.split(",") if value else []
    else:
        each = list(value) if isinstance(value, Iterable) else [value]
    for name in each:
        if not isinstance(name, str):
            raise UsageError(
                f"--filter is text, or a list of it, not {what(name)}.", hint="--filter added,updated"
            )
    from nangonb.nango.deployed_api import LAST_ACTIONS

    names = [name.strip().lower() for name in each]
    for name in names:
        if name not in LAST_ACTIONS:
            raise UnknownName("--filter", name, LAST_ACTIONS, hint="--filter added,updated")
    return ",".join(dict.fromkeys(names)) or None
