"""``records``: read what a deployed sync has stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from nangonb._project.options import Option
from nangonb._session import SyncedRecords, current
from nangonb._session.native import what
from nangonb._session.synced_records import RecordsQuery, refusal
from nangonb._session.values import count, parse_date, parse_variant
from nangonb._verbs.commands import session_of, words_after_source, write_document
from nangonb._verbs.options import (
    ConnectionArgument,
    DeclaringSourceArgument,
    EnvironmentOption,
    IntegrationOption,
    JsonOption,
    VariantOption,
)
from nangonb._verbs.verb import verb
from nangonb.errors import NangonbError, UnknownName, UsageError

_MODEL = Option("MODEL", "the model", completes="model")


def _command(
    source: DeclaringSourceArgument,
    model: Annotated[str, _MODEL],
    connection: ConnectionArgument = None,
    *,
    json: JsonOption = False,
    **options: Any,
) -> int:
    source, (name, connection) = words_after_source("records", (source, model, connection))
    if name is None:
        raise UsageError("MODEL is missing.", hint=f"nangonb records {source} MODEL")
    with session_of(*([source] if source else [])) as session:
        try:
            result = records(name, connection, **options)
        except NangonbError as error:
            if json:
                partial = session.records.latest
                write_document(refusal(error.message) if partial is None else partial.pieces())
            raise
    if json:
        write_document(result.pieces())
    else:
        print(result)
    return 0


@verb(
    command=_command,
    binds="DataFrame",
    epilog="The result has .df and .records; deleted records are among them, with their date in deleted_at.",
)
def records(
    model: Annotated[str, _MODEL],
    connection: ConnectionArgument = None,
    *,
    environment: EnvironmentOption = None,
    integration_id: IntegrationOption = None,
    modified_after: Annotated[
        str | date | datetime | None,
        Option(
            "--modified-after",
            "only those that were modified since: 2026-01-31 or ISO 8601 (UTC)",
            "DATE",
            takes="anything",
        ),
    ] = None,
    filter: Annotated[
        str | Sequence[str] | None,
        Option(
            "--filter", "only those: added, updated, deleted, joined by commas", "ACTIONS", takes="anything"
        ),
    ] = None,
    limit: Annotated[int | None, Option("--limit", "only the first N records", "N")] = None,
    variant: VariantOption = "base",
) -> SyncedRecords:
    """Read the records of a model that a deployed sync has stored.

    All pages, or the first ``limit`` records. ``filter`` is any of ``added``, ``updated``, ``deleted``,
    joined by commas. Without ``connection``: the selected one, else the one that pyproject.toml names, else
    the integration's only one.

    Raises:
        UnknownName, UsageError: the model, the connection or an option.
        Interrupted: it was stopped; ``error.records`` and ``nangonb.last_records()`` are what came.
        ApiError, NetworkError, ConfigurationError: Nango; what came is in ``nangonb.last_records()``.
    """
    query = RecordsQuery(
        filter=_filters(filter),
        modified_after=_moment(modified_after),
        limit=count(limit, "--limit"),
        variant=parse_variant(variant),
    )
    return current().records.read(model, connection, environment, integration_id, query)


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
    from nangonb._nango.deployed import LAST_ACTIONS

    names = [name.strip().lower() for name in each]
    for name in names:
        if name not in LAST_ACTIONS:
            raise UnknownName("--filter", name, LAST_ACTIONS, hint="--filter added,updated")
    return ",".join(dict.fromkeys(names)) or None
