"""``dryrun``: run a script on a connection."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from nangonb._project import WEBHOOK, Script
from nangonb._project.options import Option
from nangonb._session import current
from nangonb._session.values import (
    count,
    parse_checkpoint,
    parse_date,
    parse_json,
    parse_metadata,
    parse_variant,
    positive,
)
from nangonb._verbs.commands import own_stdout, session_of
from nangonb._verbs.options import (
    ConnectionArgument,
    EnvironmentOption,
    IntegrationOption,
    JsonOption,
    SourceArgument,
    VariantOption,
)
from nangonb._verbs.verb import verb
from nangonb.errors import FolderError, Interrupted, NangonbError, ScriptError, UsageError

if TYPE_CHECKING:
    from nangonb._dryrun import Dryrun

TIMEOUT: Final = 3600.0
"""After how many seconds a dry run is stopped, unless given."""


def _json(spelling: str, help: str) -> Option:
    return Option(spelling, f"{help}: JSON, or @file.json", "JSON", takes="anything")


_ScriptArgument = Annotated[
    str, Option("NAME", "the script: NAME, INTEGRATION/NAME or INTEGRATION/syncs/NAME", completes="script")
]
_DateOption = Annotated[
    str | date | datetime | None,
    Option(
        "-l --lastSyncDate",
        "what nango.last_sync_date is: 2026-01-31 or ISO 8601 (UTC)",
        "DATE",
        takes="anything",
    ),
]
_SinceLastOption = Annotated[
    bool,
    Option(
        "--since-last", "go on from the previous dry run: its start as last_sync_date, and its checkpoint"
    ),
]
_AgainstOption = Annotated[
    "Dryrun | str | None",
    Option(
        "--against",
        "compare with another run (.changes): previous, $run, or @run.json as --json printed it",
        "RUN",
        takes="anything",
    ),
]
_SaveOption = Annotated[
    bool,
    Option(
        "--save-responses --save",
        "write what it received to <integration>/tests/<name>.test.json, for %%nango_test",
    ),
]
_RemoteOption = Annotated[
    bool,
    Option("--remote", "run it on Nango's own servers, which compile it first (Nango Cloud, the sandbox)"),
]


def _command(source: SourceArgument, *, json: JsonOption = False, **options: Any) -> int:
    from nangonb._dryrun.document import pieces, refusal

    if not json:
        result, code = _run(source, options)
        if result.ok:
            print(result)
        return code
    with own_stdout() as document:
        try:
            result, code = _run(source, options)
        except NangonbError as error:  # the script was not started
            document.write(refusal(error))
            raise
        document.writelines(pieces(result))
    return code


def _run(source: str, options: Mapping[str, Any]) -> tuple[Dryrun, int]:
    with session_of(source, trust=True):  # its code is to run
        try:
            return dryrun(**options), 0
        except (ScriptError, Interrupted, FolderError) as error:
            if error.dryrun is None:
                raise
            print("\n".join(error.lines()), file=sys.stderr)
            return error.dryrun, error.exit_code


@verb(
    command=_command,
    binds="DataFrame, dict of them, or output",
    epilog="""\
Values may come from the notebook: -i $payload. As in a shell, put JSON in quotes: -i '{"id": 1}'.
The result has .df, .records, .deleted, .logs, .requests, .problems, .output and .counts.
""",
)
def dryrun(
    name: _ScriptArgument,
    connection: ConnectionArgument = None,
    *,
    environment: EnvironmentOption = None,
    last_sync_date: _DateOption = None,
    input: Annotated[Any, _json("-i --input", "input of an action")] = None,
    metadata: Annotated[Any, _json("-m --metadata", "replaces the connection's metadata")] = None,
    checkpoint: Annotated[
        Any, _json("-c --checkpoint", "what nango.get_checkpoint() returns at first")
    ] = None,
    payload: Annotated[
        Any, _json("--payload", "a webhook for a sync: runs on_webhook(nango, payload) instead")
    ] = None,
    variant: VariantOption = "base",
    since_last: _SinceLastOption = False,
    against: _AgainstOption = None,
    validation: Annotated[
        bool, Option("--validation", "a record that breaks its model ends the run")
    ] = False,
    read_only: Annotated[
        bool, Option("--read-only", "refuse whatever would write to the provider or to metadata")
    ] = False,
    max_requests: Annotated[int | None, Option("--max-requests", "end the run after N requests", "N")] = None,
    max_records: Annotated[int | None, Option("--max-records", "end the run after N records", "N")] = None,
    save_responses: _SaveOption = False,
    timeout: Annotated[
        float | None, Option("--timeout", f"stop the run after S seconds; {TIMEOUT:.0f} by default", "S")
    ] = None,
    remote: _RemoteOption = False,
    integration_id: IntegrationOption = None,
) -> Dryrun:
    """Run a script on a connection. Nothing is stored in Nango; writes to the provider really happen.

    ``remote`` runs it on Nango's own servers, which compile its TypeScript first (Python is translated):
    Nango Cloud can, and the sandbox. They tell less: no requests and no checkpoint.

    ``timeout`` is in seconds, 3,600 unless given: then the run is stopped.

    With ``save_responses`` (which validates, as in the CLI) what it received is written where
    ``nangonb.test`` replays it, once the script has succeeded.

    With ``since_last`` it goes on from the previous dry run in this kernel (same script, connection,
    Nango and variant). ``against``, a Dryrun, ``"previous"`` or ``"@run.json"``, is what
    ``Dryrun.changes`` compares it with.

    Without ``connection``: the selected one, else the one that pyproject.toml names, else the
    integration's only one.

    Raises:
        UnknownName, UsageError: the script, the connection or an option.
        ProjectError: the script's cell failed, or was not run; with ``remote``, it does not compile.
        ScriptError: the script raised; ``error.dryrun`` is the partial result.
        Interrupted: it was stopped; likewise.
        FolderError: the responses could not be saved; ``error.dryrun`` is the whole result.
        ApiError, NetworkError, ConfigurationError: Nango.
    """
    from nangonb._dryrun import DryrunOptions

    session = current()
    script = session.workspace.script(name, integration_id)
    integration = integration_id or session.workspace.integration_of(script)
    since = parse_date(last_sync_date)
    if save_responses and payload is not None:
        raise UsageError(
            "A webhook's run cannot be saved: saved responses are of a sync's own run.",
            hint="Leave out --payload or --save-responses.",
        )
    if remote:
        _check_remote(
            script,
            payload=payload,
            variant=variant != "base",
            read_only=read_only,
            max_requests=max_requests,
            max_records=max_records,
            save_responses=save_responses,
        )
    _check_earlier(script, since_last=since_last, against=against, last_sync_date=since, payload=payload)
    _check_kind(script, input=input, last_sync_date=since, payload=payload)
    options = DryrunOptions(
        last_sync_date=since,
        input=parse_json(input, "--input"),
        metadata=parse_metadata(metadata),
        checkpoint=parse_checkpoint(checkpoint),
        payload=parse_json(payload, "--payload"),
        variant=parse_variant(variant),
        validation=validation or save_responses,
        read_only=read_only,
        max_requests=count(max_requests, "--max-requests"),
        max_records=count(max_records, "--max-records"),
        max_memory=session.config.max_memory,
        timeout=positive(timeout, "--timeout") or TIMEOUT,
        save_responses=save_responses,
        remote=remote,
    )
    return session.dry_runs.run(
        script,
        connection,
        options,
        name=name,
        integration=integration,
        environment=environment,
        since_last=since_last,
        against=against,
    )


def _check_remote(script: Script, **given: Any) -> None:
    """Raises :class:`UsageError` for options that a run on Nango's servers cannot have: ``given`` are those
    that it cannot, by their names, each None or False where it is not given."""
    for name, value in given.items():
        if value is not None and value is not False:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{option} does not go with --remote: the script runs on Nango's servers.",
                hint=f"Leave out {option}, or --remote: without that the script runs here.",
            )
    if script.kind == "on-event":
        raise UsageError(f"{script.name} is an on-event script; Nango's servers dry run syncs and actions.")


def _check_kind(script: Script, *, input: Any, last_sync_date: datetime | None, payload: Any = None) -> None:
    """Raises :class:`UsageError` for an option that scripts of this kind never see."""
    what = {"sync": "a sync", "action": "an action", "on-event": "an on-event script"}[script.kind]
    if script.kind != "action" and input is not None:
        hint = 'What it needs to know is in the connection\'s metadata: -m \'{"region": "EMEA"}\''
        raise UsageError(f"{script.name} is {what}; only an action has an input (--input).", hint=hint)
    if script.kind != "sync" and last_sync_date is not None:
        raise UsageError(f"{script.name} is {what}; only a sync has a date of its last run (-l).")
    if payload is not None and script.kind != "sync":
        raise UsageError(f"{script.name} is {what}; only a sync takes webhooks (--payload).")
    if payload is not None and script.language == "python" and f"def {WEBHOOK}(" not in script.source.body:
        hint = f"Add it to the cell: def {WEBHOOK}(nango, payload): …"
        raise UsageError(
            f"{script.name} has no function {WEBHOOK} that could take a webhook (--payload).", hint=hint
        )


def _check_earlier(
    script: Script, *, since_last: bool, against: Any, last_sync_date: datetime | None, payload: Any
) -> None:
    """Raises :class:`UsageError` for options that contradict each other, or the script."""
    if against is not None and script.kind != "sync":
        raise UsageError(
            f"{script.name} is not a sync. Only the records of a sync can be compared (--against)."
        )
    if not since_last:
        return
    if script.kind != "sync":
        raise UsageError(
            f"{script.name} is not a sync. Only a sync continues from its last run (--since-last)."
        )
    if last_sync_date is not None:
        raise UsageError("--since-last and -l both set nango.last_sync_date.", hint="Leave one out.")
    if payload is not None:
        raise UsageError("A webhook does not continue from the last run.", hint="Leave out --since-last.")
