"""The ``nango`` object that a sync receives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from nangonb.errors import SDKError, nearest
from nangonb.sdk.action import NangoAction


class NangoSync(NangoAction):
    """What a sync can do: all that an action can, and save records."""

    @property
    def last_sync_date(self) -> datetime | None:
        """When the sync last ran (UTC), or None for its first run."""
        return self._context.last_sync_date

    @property
    def variant(self) -> str:
        return self._context.variant

    def batch_save(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Save records to the model's cache. Each needs an ``id``.

        Raises:
            SDKError: the model is not among the sync's outputs, or a record is none. Nothing of a
                refused batch is kept.
        """
        self._runtime.save(self._model("batch_save", model), () if records is None else records)
        return True

    def batch_update(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Merge fields into records that are there, by ``id``."""
        self._runtime.update(self._model("batch_update", model), () if records is None else records)
        return True

    def batch_delete(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Mark records as deleted, by ``id``."""
        self._runtime.delete(self._model("batch_delete", model), () if records is None else records)
        return True

    def _model(self, verb: str, model: Any) -> str:
        models = self._context.models
        if not isinstance(model, str):
            example = models[0] if models else "Contact"
            raise SDKError(
                f"{verb}: the model is given by its name, not as {type(model).__name__}: "
                f"nango.{verb}(records, {example!r}).",
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
