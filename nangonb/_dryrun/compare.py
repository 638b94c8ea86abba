"""Two dry runs of a script, compared by model and id; and what a run goes on from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb._text import plural
from nangonb.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from nangonb._records import RecordBuffer


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a later run needs of an earlier one.

    ``complete``: it succeeded, and no cap ended it. ``last_sync_date`` and ``resumed`` say what it began
    with, ``checkpoint`` what it left. ``requests`` and ``records`` are counts.
    """

    started: datetime
    complete: bool
    last_sync_date: datetime | None
    resumed: bool
    checkpoint: Mapping[str, Any] | None
    requests: int
    records: int
    buffers: Mapping[str, RecordBuffer]

    @property
    def partial(self) -> bool:
        """Whether it fetched only a part of what there is."""
        return not self.complete or self.resumed or self.last_sync_date is not None

    @property
    def next_date(self) -> datetime | None:
        """``last_sync_date`` of the next run, as on Nango: the start of the last one that came to its end."""
        return self.started if self.complete else self.last_sync_date

    @property
    def name(self) -> str:
        """``the run of 10:42``, in local time; with its day where that is not today."""
        local = self.started.astimezone()
        today = local.date() == datetime.now(UTC).astimezone().date()
        return f"the run of {local:%H:%M}" if today else f"the run of {local:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed against an earlier run: counts over all models, and the frame of ``Dryrun.changes``."""

    name: str
    started: datetime
    partial: bool
    added: int
    updated: int
    unchanged: int
    deleted: int
    unseen: int
    frame: pd.DataFrame

    def line(self) -> str:
        """``against the run of 10:42: added 3 · updated 12 · unchanged 2,398 · deleted 0``"""
        counts = [
            f"{name} {count:,}"
            for name, count in (
                ("added", self.added),
                ("updated", self.updated),
                ("unchanged", self.unchanged),
                ("deleted", self.deleted),
            )
        ]
        counts += [f"not fetched this time {self.unseen:,}"] if self.unseen else []
        only = " (which fetched only a part)" if self.partial else ""
        return f"against {self.name}{only}: {' · '.join(counts)}"

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "against": _iso(self.started),
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "deleted": self.deleted,
            "unseen": self.unseen,
        }


def compare(earlier: Earlier, later: Earlier, models: Sequence[str]) -> Compared:
    """Two runs, by model and id. ``models`` are those of the later one."""
    import pandas as pd

    from nangonb._records import changes

    # two runs with the same window see the same records; else a part says nothing of the others
    same_window = later.last_sync_date == earlier.last_sync_date and not later.resumed
    whole = later.complete and (same_window or not later.partial)
    by_model = {
        model: changes(earlier.buffers.get(model), later.buffers.get(model), whole=whole)
        for model in dict.fromkeys([*models, *earlier.buffers])
    }
    frames = []
    for model, each in by_model.items():
        each.frame.insert(1, "model", pd.Series([model] * len(each.frame), dtype="string"))
        frames.append(each.frame)
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    frame = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return Compared(
        name=earlier.name,
        started=earlier.started,
        partial=earlier.partial and not same_window,
        added=sum(each.added for each in by_model.values()),
        updated=sum(each.updated for each in by_model.values()),
        unchanged=sum(each.unchanged for each in by_model.values()),
        deleted=sum(each.deleted for each in by_model.values()),
        unseen=sum(each.unseen for each in by_model.values()),
        frame=frame,
    )


def since_line(earlier: Earlier, later: Earlier) -> str:
    """Where a run with ``--since-last`` started, and how much less it fetched."""
    began = []
    if later.last_sync_date is not None:
        began.append(f"last_sync_date {_iso(later.last_sync_date)}")
    if earlier.checkpoint is not None:
        began.append("its checkpoint")
    return (
        f"since {earlier.name}: {' and '.join(began) or 'nothing to go on from'} · "
        f"{_counts(later)} (then {_counts(earlier)})"
    )


def _counts(run: Earlier) -> str:
    return f"{plural(run.requests, 'request')}, {plural(run.records, 'record')}"


def read(path: Path, option: str) -> Earlier:
    """What ``nangonb dryrun --json`` printed into a file.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    from nangonb._records import RecordBuffer

    hint = f"nangonb dryrun … --json > {path.name} writes one."
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be read: {error.strerror}.", hint=hint) from None
    except ValueError:
        raise UsageError(f"{option}: {path} is not JSON.", hint=hint) from None
    try:
        buffers: dict[str, RecordBuffer] = {}
        for name in ("records", "updated", "deleted"):
            for model, rows in document[name].items():
                buffer = buffers.setdefault(model, RecordBuffer(model))
                write = {"records": buffer.save, "updated": buffer.update, "deleted": buffer.delete}[name]
                write(rows)
        counts, date = document["counts"], document.get("last_sync_date")
        return Earlier(
            started=datetime.fromisoformat(document["started"]),
            complete=document["state"] == "succeeded" and document.get("capped") is None,
            last_sync_date=None if date is None else datetime.fromisoformat(date),
            resumed=bool(document.get("resumed")),
            checkpoint=document.get("checkpoint"),
            requests=counts["requests"],
            records=counts["added"] + counts["updated"] + counts["deleted"],
            buffers=buffers,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{option}: {path} holds no dry run.", hint=hint) from None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
