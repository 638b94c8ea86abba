"""The ``nango`` object that a sync receives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from nangonb.errors import SDKError, nearest
from nangonb.nango import js_string
from nangonb.sdk.action import NangoAction
from nangonb.sdk.context import Context
from nangonb.sdk.paginate import Repeats
from nangonb.sdk.runtime import Runtime

MergingStrategy = Literal["override", "ignore_if_modified_after"]
_STRATEGIES = ("override", "ignore_if_modified_after")
# what stands before the model in a call
_BEFORE_MODEL = {
    "batch_save": "records, ",
    "batch_update": "records, ",
    "batch_delete": "records, ",
    "get_records_by_ids": "ids, ",
    "set_merging_strategy": "strategy, ",
}
_IDS_AT_ONCE = 100  # what GET /records takes


class NangoSync(NangoAction):
    """What a sync can do: all that an action can, and save records."""

    def __init__(self, runtime: Runtime, context: Context) -> None:
        super().__init__(runtime, context)
        self._merging: dict[str, str] = {}

    @property
    def last_sync_date(self) -> datetime | None:
        """When the sync last ran (UTC), or None for its first run."""
        return self._context.last_sync_date

    @property
    def variant(self) -> str:
        """The variant of the sync, ``base`` where it has none of its own."""
        return self._context.variant

    @property
    def track_deletes(self) -> bool:
        """Whether nango.yaml says ``track_deletes: true``."""
        return self._context.track_deletes

    @property
    def empty_cache(self) -> bool:
        """Whether the sync was triggered with its cache emptied; never in a dry run."""
        return False

    # Saving

    def batch_save(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Save records to the model's cache. Each needs an ``id``.

        Within 1,000 records of one call the first of an id counts, across calls the last, as on Nango.

        Raises:
            SDKError: the model is not among the sync's outputs, or a record is none. Nothing of a
                refused batch is kept.
        """
        self._runtime.save(self._model("batch_save", model), () if records is None else records)
        return True

    def batch_send(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Deprecated in Nango: use :meth:`batch_save`."""
        self._runtime.log(
            "warn", "batchSend will be deprecated in future versions. Please use batchSave instead."
        )
        return self.batch_save(records, model)

    def batch_update(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Merge fields into records that are there, by ``id``."""
        self._runtime.update(self._model("batch_update", model), () if records is None else records)
        return True

    def batch_delete(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Mark records as deleted, by ``id``."""
        self._runtime.delete(self._model("batch_delete", model), () if records is None else records)
        return True

    def set_merging_strategy(self, strategy: MergingStrategy, model: str) -> None:
        """How saved records meet those that are there: ``override`` (the default), or
        ``ignore_if_modified_after`` the sync began. The first call for a model counts, a later one only
        warns. Without effect in a dry run.
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
        self._runtime.set_merging_strategy(model, strategy)

    # Deletes that nobody tells

    def track_deletes_start(self, model: str) -> None:
        """From here on every record of ``model`` that is still there is saved again; see
        :meth:`track_deletes_end`."""
        self._runtime.track_deletes_start(self._model("track_deletes_start", model))

    def track_deletes_end(self, model: str) -> dict[str, list[str]]:
        """Delete the records that were not saved since :meth:`track_deletes_start`.

        Returns:
            ``{"deletedKeys": [id, …]}``; empty in a dry run, which deletes nothing.

        Raises:
            SDKError: ``No track deletes starting point found for model …``: neither this run nor, where it
                goes on from a checkpoint, an earlier one called :meth:`track_deletes_start`.
        """
        return {"deletedKeys": self._runtime.track_deletes_end(self._model("track_deletes_end", model))}

    def delete_records_from_previous_executions(self, model: str) -> dict[str, list[str]]:
        """Delete the records that this run did not save. Deprecated in Nango: use
        :meth:`track_deletes_start` and :meth:`track_deletes_end`.

        Returns:
            ``{"deletedKeys": [id, …]}``; empty in a dry run, which deletes nothing.
        """
        model = self._model("delete_records_from_previous_executions", model)
        return {"deletedKeys": self._runtime.delete_records_from_previous_executions(model)}

    # What is stored

    def list_records(self, model: str, *, cursor: str | None = None) -> Iterator[dict[str, Any]]:
        """The records that Nango holds for this connection, each with ``_nango_metadata``; from ``cursor``
        on, where it is given. What this run saved is not among them.

        Raises:
            HTTPError: Nango knows no such model.
        """
        return self._listed(self._model("list_records", model), cursor)

    def _records_page(self, model: str, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """One page of :meth:`list_records`, and the cursor of the next, None after the last."""
        return self._runtime.records_page(self._model("list_records", model), cursor=cursor)

    def _listed(self, model: str, cursor: str | None) -> Iterator[dict[str, Any]]:
        repeats = Repeats(self._runtime.repeated)
        while True:
            records, after = self._runtime.records_page(model, cursor=cursor)
            yield from records
            if after and after == cursor:
                said = (
                    f"Nango gave the cursor {after[:100]!r} again, so that the records of {model} end here."
                )
                self._runtime.log("warn", said)
            if not after or after == cursor:
                return
            repeats.check(f"the cursor {after[:100]!r}", after)
            cursor = after

    def get_records_by_ids(self, ids: Sequence[str | int | float], model: str) -> dict[Any, dict[str, Any]]:
        """id → record, for those of ``ids`` that Nango holds (deleted ones, too); 100 a request.

        Keys are of the type that was asked with: ``[1]`` gives ``{1: …}``.
        """
        if isinstance(ids, (str, bytes)) or not isinstance(ids, Sequence):
            raise SDKError(
                f"get_records_by_ids: ids is a list, not {type(ids).__name__}.", code="invalid_request"
            )
        model = self._model("get_records_by_ids", model)
        asked = {js_string(each): each for each in ids}
        keys, found = list(asked), {}
        for start in range(0, len(keys), _IDS_AT_ONCE):
            cursor: str | None = None
            repeats = Repeats(self._runtime.repeated)
            while True:
                page, after = self._runtime.records_page(
                    model, ids=keys[start : start + _IDS_AT_ONCE], cursor=cursor
                )
                for record in page:
                    key = js_string(record.get("id"))
                    found[asked.get(key, key)] = record
                if not after or after == cursor:
                    break
                repeats.check(f"the cursor {after[:100]!r}", after)
                cursor = after
        return found

    def _model(self, verb: str, model: Any) -> str:
        models = self._context.models
        if not isinstance(model, str):
            example = models[0] if models else "Contact"
            raise SDKError(
                f"{verb}: the model is given by its name, not as {type(model).__name__}: "
                f"nango.{verb}({_BEFORE_MODEL.get(verb, '')}{example!r}).",
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
