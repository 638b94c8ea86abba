"""The ``nango`` object that a sync receives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from nangonb._nango import js_string
from nangonb._sdk.action import NangoAction
from nangonb._sdk.context import Context
from nangonb._sdk.methods import METHODS, attribute, method
from nangonb._sdk.paginate import Repeats
from nangonb._sdk.runtime import Runtime
from nangonb.errors import SDKError, nearest

MergingStrategy = Literal["override", "ignore_if_modified_after"]
_STRATEGIES = get_args(MergingStrategy)
_IDS_AT_ONCE = 100  # what GET /records takes


class NangoSync(NangoAction):
    """What a sync can do: all that an action can, and save records."""

    def __init__(self, runtime: Runtime, context: Context) -> None:
        super().__init__(runtime, context)
        self._merging: dict[str, str] = {}

    @property
    @attribute()
    def last_sync_date(self) -> datetime | None:
        """The start of the last run (UTC), or None for the first run.

        In a dry run:
            What ``-l`` gives.
        """
        return self._context.last_sync_date

    @property
    @attribute()
    def variant(self) -> str:
        """The variant of the sync, ``base`` by default.

        In a dry run:
            What ``--variant`` gives.
        """
        return self._context.variant

    @property
    @attribute(typescript="track_deletes")
    def track_deletes(self) -> bool:
        """Whether nango.yaml has ``track_deletes: true``."""
        return self._context.track_deletes

    @property
    @attribute(zero_yaml_only=True)
    def empty_cache(self) -> bool:
        """Whether the sync was triggered with its cache emptied.

        In a dry run:
            False.
        """
        return self._context.empty_cache

    # Saving

    @method("records", answered="saved", owner="Nango")
    def batch_save(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Save records. Each has an ``id`` of 1 to 255 characters. Within 1,000 records of one call the first
        of an id counts (``nango dryrun`` keeps the last; a Problem says so), across calls the last.

        In a dry run:
            In the result.

        Raises:
            SDKError: the model is not an output of the sync, or a record is not valid. A refused batch is
                refused as a whole.
        """
        self._runtime.records.save(self._model("batch_save", model), () if records is None else records)
        return True

    @method("records", answered="saved", owner="Nango", replaced_by="batch_save")
    def batch_send(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Save records, and log a warning."""
        self._runtime.log(
            "warn", "batchSend will be deprecated in future versions. Please use batchSave instead."
        )
        return self.batch_save(records, model)

    @method("records", answered="saved", owner="Nango")
    def batch_update(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Merge fields into saved records, by ``id``.

        In a dry run:
            Merged into rows of this run, else in ``Dryrun.updated``.
        """
        self._runtime.records.update(self._model("batch_update", model), () if records is None else records)
        return True

    @method("records", answered="saved", owner="Nango")
    def batch_delete(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Mark records as deleted, by ``id``. Nango keeps the id of such a record, and none of its fields.

        In a dry run:
            In ``Dryrun.deleted``, with the fields that the script gave.
        """
        self._runtime.records.delete(self._model("batch_delete", model), () if records is None else records)
        return True

    @method("records", owner="Nango", objects=(("strategy",),))
    def set_merging_strategy(self, strategy: MergingStrategy, model: str) -> None:
        """Choose what happens to records that were modified: ``override`` (the default) replaces them,
        ``ignore_if_modified_after`` keeps those that changed after the sync began. The first call for a model
        counts, a later one warns.

        In a dry run:
            Only logs.
        """
        if strategy not in _STRATEGIES:
            raise SDKError(
                f"set_merging_strategy: strategy is {' or '.join(_STRATEGIES)}, not {strategy!r}.",
                code="invalid_merging_strategy",
            )
        model = self._model("set_merging_strategy", model)
        if model in self._merging:
            self._runtime.log("warn", f"Merging strategy for model {model} is already set. Skipping")
            return
        self._merging[model] = strategy
        self._runtime.records.set_merging_strategy(model, strategy)

    # Deletes that the provider does not report

    @method("records", owner="Nango", zero_yaml_only=True)
    def track_deletes_start(self, model: str) -> None:
        """Start tracking deletes: until ``track_deletes_end``, the script saves every record of the model
        again.

        In a dry run:
            Only logs.
        """
        self._runtime.records.track_deletes_start(self._model("track_deletes_start", model))

    @method("records", owner="Nango", zero_yaml_only=True)
    def track_deletes_end(self, model: str) -> dict[str, list[str]]:
        """Delete the records that were not saved since ``track_deletes_start``; gives ``{"deletedKeys":
        […]}``. An end without a start is an SDKError, except in a run that begins with a checkpoint.

        In a dry run:
            Only logs, deletes nothing.

        Raises:
            SDKError: ``No track deletes starting point found for model …``: neither this run nor, where it
                goes on from a checkpoint, an earlier one called :meth:`track_deletes_start`.
        """
        return {
            "deletedKeys": self._runtime.records.track_deletes_end(self._model("track_deletes_end", model))
        }

    @method("records", owner="Nango")
    def delete_records_from_previous_executions(self, model: str) -> dict[str, list[str]]:
        """Delete the records that this run did not save; gives ``{"deletedKeys": […]}``. Deprecated in Nango:
        use ``track_deletes_start`` and ``track_deletes_end``.

        In a dry run:
            Only logs, deletes nothing.
        """
        model = self._model("delete_records_from_previous_executions", model)
        return {"deletedKeys": self._runtime.records.delete_records_from_previous_executions(model)}

    # Stored records

    @method("records", answered="stream", zero_yaml_only=True)
    def list_records(self, model: str, *, cursor: str | None = None) -> Iterator[dict[str, Any]]:
        """An iterator over the records that Nango has for this connection, each with ``_nango_metadata``,
        from ``cursor`` on. Nango 0.71.4 stops after 100 records.

        In a dry run:
            The records that Nango has, not those that this run saved; all of them, and the Problem
            ``list-records-stops`` where Nango stops before.

        Raises:
            HTTPError: Nango has no such model.
        """
        return self._listed(self._model("list_records", model), cursor)

    def _records_page(self, model: str, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """One page of :meth:`list_records`, and the cursor of the next, None after the last."""
        return self._runtime.records.page(self._model("list_records", model), cursor=cursor)

    def _listed(self, model: str, cursor: str | None) -> Iterator[dict[str, Any]]:
        repeats = Repeats(self._runtime.requests.repeated)
        while True:
            records, after = self._runtime.records.page(model, cursor=cursor)
            yield from records
            if after and after == cursor:
                again = f"Nango returned the cursor {after[:100]!r} again."
                self._runtime.log("warn", f"{again} The records of {model} end here.")
            if not after or after == cursor:
                return
            repeats.check(f"the cursor {after[:100]!r}", after)
            cursor = after

    @method("records", answered="records")
    def get_records_by_ids(self, ids: Sequence[str | int | float], model: str) -> dict[Any, dict[str, Any]]:
        """A dict of id → record, for those ids that Nango has, deleted ones included. Keys have the type of
        the ids that were given: ``[1]`` gives ``{1: …}``. One request for 100 ids.

        In a dry run:
            As ``list_records``.
        """
        if isinstance(ids, (str, bytes)) or not isinstance(ids, Sequence):
            raise SDKError(
                f"get_records_by_ids: ids is a list, not {type(ids).__name__}.", code="invalid_request"
            )
        model = self._model("get_records_by_ids", model)
        asked = {js_string(each): each for each in ids}
        keys, records = list(asked), {}
        for start in range(0, len(keys), _IDS_AT_ONCE):
            cursor: str | None = None
            repeats = Repeats(self._runtime.requests.repeated)
            while True:
                page, after = self._runtime.records.page(
                    model, ids=keys[start : start + _IDS_AT_ONCE], cursor=cursor
                )
                for record in page:
                    key = js_string(record.get("id"))
                    records[asked.get(key, key)] = record
                if not after or after == cursor:
                    break
                repeats.check(f"the cursor {after[:100]!r}", after)
                cursor = after
        return records

    def _model(self, verb: str, model: Any) -> str:
        models = self._context.models
        if not isinstance(model, str):
            example = models[0] if models else "Contact"
            before = "".join(
                f"{each.name}, "
                for each in METHODS[verb].parameters
                if each.by_position and each.name != "model"
            )
            raise SDKError(
                f"{verb}: the model is given by its name, not as {type(model).__name__}: "
                f"nango.{verb}({before}{example!r}).",
                code="unknown_model",
            )
        if models and model not in models:
            match = nearest(model, models)
            hint = f" Did you mean {match!r}?" if match else ""
            raise SDKError(
                f"{verb}: {model!r} is not a model that {self._context.script} saves to.{hint} "
                f"Its output in nango.yaml: {', '.join(models)}.",
                code="unknown_model",
            )
        return model
