"""What deployed scripts do and have done: synced records, syncs, actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nangonb._nango import failures, proxying
from nangonb._nango.answers import decoded
from nangonb._nango.transport import Decode, Transport
from nangonb._nango.types import ApiResponseError

MOST_RECORDS: Final = 10_000  # that one page can hold
BASE: Final = "base"  # the variant that every sync has
LAST_ACTIONS: Final = ("added", "updated", "deleted")


class Records:
    """``client.records``: what syncs stored in Nango."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(
        self,
        model: str,
        *,
        connection_id: str,
        provider_config_key: str,
        variant: str | None = None,
        ids: Sequence[str] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        modified_after: str | None = None,
        filter: str | None = None,
        decode: Decode = decoded,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Records that a deployed sync stored, each with ``_nango_metadata``, and the next page's cursor.

        ``ids`` are at most 100; ``limit`` is 1 to 10,000, the server's default 100; ``modified_after`` is
        ISO 8601. ``filter`` is passed as it is: ``added``, ``updated``, ``deleted`` or ``added,updated``. The
        server leaves out deleted records where ``deleted`` is combined with another one.
        """
        given: dict[str, Any] = {
            "model": model,
            "variant": variant,
            "modified_after": modified_after,
            "limit": limit,
            "filter": filter,
            "cursor": cursor,
            "ids": None if ids is None else list(ids),
        }
        subject = (
            f"the records of {model} of connection {connection_id!r} of integration {provider_config_key!r}"
        )
        answer = self._transport.request(
            "GET",
            "/records",
            params={name: value for name, value in given.items() if value is not None},
            headers={"Connection-Id": connection_id, "Provider-Config-Key": provider_config_key},
            subject=subject,
            decode=decode,
        )
        records = answer.get("records") if isinstance(answer, Mapping) else None
        if not isinstance(records, list) or any(type(record) is not dict for record in records):
            raise failures.unexpected(
                "/records", subject=subject, host=self._transport.host, expected="records"
            )
        return records, answer.get("next_cursor") or None

    def pages(
        self,
        model: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        filter: str | None = None,
        **where: Any,
    ) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """The pages of :meth:`page`, as large as they can be, to the last one or ``limit`` records.

        ``filter`` is any of :data:`LAST_ACTIONS`, joined by commas; ``where`` are the other keywords of
        :meth:`page`. A page comes with the cursor after it, None at the end.

        Raises:
            ApiResponseError: as :meth:`page`; also where Nango gives a cursor for the second time,
                which would never end.
        """
        sent, kept = _filters(filter)
        left = limit
        seen = {cursor}
        while True:
            # what is filtered here comes in full pages: few of the records may match
            size = MOST_RECORDS if left is None or kept else min(left, MOST_RECORDS)
            page, cursor = self.page(model, cursor=cursor, limit=size, filter=sent, **where)
            if kept:
                page = [record for record in page if self._metadata_of(record, "last_action").lower() in kept]
            if left is not None:
                if len(page) > left:
                    page = page[:left]
                    cursor = self._metadata_of(page[-1], "cursor") if kept else cursor
                left -= len(page)
            yield page, cursor
            del page  # so that two are never in memory
            if cursor is None or left == 0:
                return
            if cursor in seen:
                host = self._transport.host
                raise ApiResponseError(
                    f"Nango ({host}) gave the cursor {cursor[:60]!r} for the records of {model} "
                    "for the second time: its pages would never end.",
                    code="repeated_cursor",
                    status=200,
                    hint="What came until then is right, but may not be all.",
                )
            seen.add(cursor)

    def _metadata_of(self, record: Mapping[str, Any], name: str) -> str:
        """One text of Nango's metadata of a record. Raises ApiResponseError where it is not there."""
        metadata = record.get("_nango_metadata")
        value = metadata.get(name) if isinstance(metadata, Mapping) else None
        if not isinstance(value, str):
            expected = f"records with {name} in _nango_metadata"
            raise failures.unexpected(
                "/records", subject="the records", host=self._transport.host, expected=expected
            )
        return value


class Syncs:
    """``client.syncs``"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def status(
        self, provider_config_key: str, syncs: Sequence[str] = (), *, connection_id: str | None = None
    ) -> list[dict[str, Any]]:
        """The state of syncs, each as Nango sends it: ``name``, ``variant``, ``status``, ``frequency``,
        ``finishedAt``, ``nextScheduledSyncAt``, ``recordCount``, ``checkpoint``, ``latestResult``.

        ``syncs`` are names, or ``name::variant``; none means all of them. Without ``connection_id``, those
        of all connections. A sync that is not there is left out.
        """
        params = {"syncs": ",".join(syncs) or "*", "provider_config_key": provider_config_key}
        if connection_id is not None:
            params["connection_id"] = connection_id
        subject = f"the state of {', '.join(syncs) or 'all syncs'} of integration {provider_config_key!r}"
        answer = self._transport.request("GET", "/sync/status", params=params, subject=subject)
        states = answer.get("syncs") if isinstance(answer, Mapping) else None
        if not isinstance(states, list) or not all(isinstance(state, dict) for state in states):
            raise failures.unexpected(
                "/sync/status", subject=subject, host=self._transport.host, expected="a list of syncs"
            )
        return states

    def trigger(
        self,
        name: str,
        *,
        connection_id: str,
        provider_config_key: str,
        variant: str = BASE,
        reset: bool = False,
        empty_cache: bool = False,
    ) -> None:
        """Run a sync now, beside its schedule. Nango only takes note: the run begins a little later. Until
        then, ``status`` gives the run before it.

        ``reset`` forgets the checkpoint and the date of the last run, ``empty_cache`` deletes the synced
        records before (and wants ``reset``).
        """
        opts = {name: True for name, is_set in (("reset", reset), ("emptyCache", empty_cache)) if is_set}
        self._order(
            "trigger", name, variant, connection_id, provider_config_key, {"opts": opts} if opts else {}
        )

    def start(self, name: str, *, connection_id: str, provider_config_key: str, variant: str = BASE) -> None:
        """Start the schedule of a sync. It runs at its interval, and at once only where it never ran or where
        a run is due."""
        self._order("start", name, variant, connection_id, provider_config_key, {})

    def pause(self, name: str, *, connection_id: str, provider_config_key: str, variant: str = BASE) -> None:
        """Pause the schedule of a sync. What it stored stays."""
        self._order("pause", name, variant, connection_id, provider_config_key, {})

    def _order(
        self, verb: str, name: str, variant: str, connection_id: str, key: str, more: Mapping[str, Any]
    ) -> None:
        sync = name if variant == BASE else {"name": name, "variant": variant}
        self._transport.request(
            "POST",
            f"/sync/{verb}",
            json={"syncs": [sync], "provider_config_key": key, "connection_id": connection_id, **more},
            subject=f"the {verb} of sync {name!r} of connection {connection_id!r} of integration {key!r}",
        )


class Actions:
    """``client.actions``"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def trigger(
        self, action_name: str, input: Any = None, *, connection_id: str, provider_config_key: str
    ) -> Any:
        """Run a deployed action and return its output. This may write to the provider.

        Raises ApiResponseError whose ``body`` holds what the action raised.
        """
        body: dict[str, Any] = {"action_name": action_name}
        if input is not None:
            body["input"] = input
        return self._transport.request(
            "POST",
            "/action/trigger",
            json=body,
            headers={"Connection-Id": connection_id, "Provider-Config-Key": provider_config_key},
            subject=f"action {action_name!r}",
            timeout=proxying.TIMEOUT,
        )


def _filters(filter: str | None) -> tuple[str | None, frozenset[str]]:
    """What the server is asked for, and what is filtered here (empty: nothing).

    The server takes one action, or added with updated. It ignores ``deleted`` beside another one, so all
    records are asked for then, in one pass: of two requests, each for one action, a record that changes in
    between could be in neither.
    """
    actions = frozenset(filter.split(",")) if filter else frozenset()
    if actions >= set(LAST_ACTIONS):
        return None, frozenset()
    if len(actions) > 1 and "deleted" in actions:
        return None, actions
    return filter, frozenset()
