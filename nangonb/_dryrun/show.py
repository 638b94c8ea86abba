"""A Dryrun as text, HTML and the notebook's own MIME type. Everything leaves here without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from nangonb._render import DryrunView, TableView, cell, dryrun_html, dryrun_text

if TYPE_CHECKING:
    from nangonb._dryrun.result import Dryrun

_BREACHES: Final = 10
_CHANGES: Final = 10

MIME: Final = "application/vnd.nangonb.dryrun+json"


def view(result: Dryrun) -> DryrunView:
    """What is shown: the counts, a few rows of each model, the log, the requests, the problems."""
    counts, masker = result.counts, result.masker
    return DryrunView(
        name=result.script.name,
        integration=result.runtime.context.integration,
        kind=result.script.kind,
        connection_id=result.connection_id,
        target=result.target,
        state="interrupted" if result.state == "running" else result.state,
        added=counts.added,
        updated=counts.updated,
        deleted=counts.deleted,
        requests=None if result.remote else result.trace.request_count,
        writes=result.writes,
        waits=result.waits,
        metadata_writes=result.metadata_writes,
        seconds=result.seconds,
        tables=[_table(result, model) for model in result.models],
        changes=_changes(result),
        validation=_validation(result),
        output=masker.data(result.output),
        checkpoint=None if result.checkpoint is None else masker.data(result.checkpoint),
        logs=[(entry.level, entry.message) for entry in result.trace.logs],
        request_log=result.trace.requests,
        problems=result.problem_list,
        capped=result.capped,
        broken=result.broken_models,
        lines=list(_lines(result)),
        error="\n".join(result.error_lines),
    )


def text(result: Dryrun) -> str:
    return dryrun_text(view(result))


def mimebundle(result: Dryrun) -> dict[str, Any]:
    seen = view(result)
    return {"text/plain": dryrun_text(seen), "text/html": dryrun_html(seen), MIME: _summary(result)}


def _table(result: Dryrun, model: str) -> TableView:
    buffer = result.buffer(model)
    rows = buffer.preview(result.preview_rows)
    columns = list(buffer.fields)
    columns += [name for name in dict.fromkeys(name for row in rows for name in row) if name not in columns]
    cells = [[result.masker.data({name: row.get(name)}).popitem()[1] for name in columns] for row in rows]
    return TableView(model, len(buffer), columns, cells)


def _lines(result: Dryrun) -> Iterator[str]:
    """What the run went on from, and what changed against another."""
    from nangonb._dryrun.compare import since_line

    if result.since is not None:
        yield since_line(result.since, result.as_earlier())
    compared = result.compared
    if compared is not None:
        yield compared.line()


def _changes(result: Dryrun) -> TableView | None:
    """Some of the records that changed, where any did: those first that say what changed in them."""
    compared = result.compared
    if compared is None or not len(compared.frame):
        return None
    frame = compared.frame
    some = [frame[frame["change"] == change].head(_CHANGES) for change in ("updated", "deleted", "added")]
    rows = [row for part in some for row in part.to_dict("records")][:_CHANGES]
    several = frame["model"].nunique() > 1
    names = ["change", *(["model"] if several else []), "id", "changed"]
    cells = [
        [
            row["change"],
            *([row["model"]] if several else []),
            result.masker.known(row["id"]),
            _changed(result, row),
        ]
        for row in rows
    ]
    return TableView("changes", len(frame), names, cells)


def _changed(result: Dryrun, row: dict[Any, Any]) -> str:
    """``email: a@b.c → d@e.f, age: 5 → 6``"""
    parts = []
    for name in row["changed"]:
        old, new = (result.masker.data({name: row.get(f"{name}_{side}")})[name] for side in ("old", "new"))
        known = f"{name}_new" in row
        parts.append(f"{name}: {cell(old, 40)} → {cell(new, 40)}" if known else name)
    return ", ".join(parts)


def _validation(result: Dryrun) -> TableView | None:
    """The rules that are broken most, where any is."""
    breaches = result.breaches
    if not breaches:
        return None
    rows = []
    for breach in breaches[:_BREACHES]:
        row = breach.as_dict()
        model = row["model"] if row["of"] == "records" else f"{row['model']} ({row['of']})".strip()
        count = row["count"] if row["of"] == "records" else None
        first = ", ".join(row["first_ids"]) or None
        rows.append([model, row["path"], row["rule"], count, first, row["got"], row["expected"]])
    names = ["model", "path", "rule", "records", "first ids", "got", "expected"]
    return TableView("validation", len(breaches), names, rows)


def _summary(result: Dryrun) -> dict[str, Any]:
    """Counts and schema only: customer data stays in the preview that the user asked for."""
    counts = result.counts
    return {
        "schema": 1,
        "script": result.script.key,
        "state": result.state,
        "counts": {"added": counts.added, "updated": counts.updated, "deleted": counts.deleted},
        "requests": result.trace.request_count,
        "models": {model: list(result.buffer(model).fields) for model in result.models},
    }
