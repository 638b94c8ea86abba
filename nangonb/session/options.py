"""The options of every verb that does something. Magic, function and command are made from these."""

from __future__ import annotations

import dataclasses
from typing import Final

from nangonb.project.declaring import COMMANDS as DECLARING
from nangonb.project.options import Command, Option

TIMEOUT: Final = 3600.0
"""After how many seconds a dry run is stopped, where nobody says."""

_ENVIRONMENT = Option(
    ("-e", "--environment"),
    "the Nango environment (dev, prod …), or sandbox",
    "environment",
    "ENV",
    completes="environment",
)
_INTEGRATION = Option(
    ("--integration-id",),
    "the integration, where a name or connection is in several",
    "integration_id",
    "ID",
    completes="integration",
)
_JSON = Option(
    ("--json",), "one JSON document on stdout, everything else on stderr", "json", flag=True, where="command"
)
_SOURCE = Option(
    ("SOURCE",), "a notebook, or a nango-integrations folder", "source", completes="path", where="command"
)
_SOURCES = Option(
    ("SOURCE",),
    "notebooks, or a nango-integrations folder",
    "sources",
    nargs="+",
    completes="path",
    where="command",
)

_LAYOUT = Option(
    ("--layout",),
    "nango-yaml (nango.yaml and TypeScript), zero-yaml (TypeScript for today's CLI), or python",
    "layout",
    "LAYOUT",
    default="nango-yaml",
)
_TYPESCRIPT = Option(
    ("--layout",),
    "nango-yaml, or zero-yaml",
    "layout",
    "LAYOUT",
    default="nango-yaml",
)

_TRUST = Option(
    ("--trust",),
    "run code of scripts where what they declare is known only by that, also without isolation",
    "trust",
    flag=True,
)
_TRUST_SOURCES = dataclasses.replace(_TRUST, where="command")

CONNECTION = Command(
    "connection",
    "Selects the connection that dry runs use, and shows those there are.",
    (
        Option(
            ("CONNECTION",), "id of the connection to select", "connection", nargs="?", completes="connection"
        ),
        _INTEGRATION,
        _ENVIRONMENT,
    ),
)
CONNECTIONS = Command(
    "connections", "Lists the connections of an environment.", (_ENVIRONMENT, _INTEGRATION, _JSON)
)
DRYRUN = Command(
    "dryrun",
    "Runs a script on a connection. Nothing is stored in Nango; writes to the provider really happen.",
    (
        _SOURCE,
        Option(
            ("NAME",),
            "the script: NAME, INTEGRATION/NAME or INTEGRATION/syncs/NAME",
            "name",
            completes="script",
        ),
        Option(("CONNECTION",), "id of the connection", "connection", nargs="?", completes="connection"),
        _ENVIRONMENT,
        Option(
            ("-l", "--lastSyncDate"),
            "what nango.last_sync_date is: 2026-01-31 or ISO 8601 (UTC)",
            "last_sync_date",
            "DATE",
            takes="anything",
        ),
        Option(
            ("-i", "--input"),
            "input of an action: JSON, or @file.json",
            "input",
            "JSON",
            takes="anything",
        ),
        Option(
            ("-m", "--metadata"),
            "stands in for the connection's metadata: JSON, or @file.json",
            "metadata",
            "JSON",
            takes="anything",
        ),
        Option(
            ("-c", "--checkpoint"),
            "what nango.get_checkpoint() gives at first: JSON, or @file.json",
            "checkpoint",
            "JSON",
            takes="anything",
        ),
        Option(
            ("--payload",),
            "a webhook for a sync: runs on_webhook(nango, payload) instead: JSON, or @file.json",
            "payload",
            "JSON",
            takes="anything",
        ),
        Option(("--variant",), "the sync variant", "variant", "NAME", default="base"),
        Option(
            ("--since-last",),
            "go on from the previous dry run: its start as last_sync_date, and its checkpoint",
            "since_last",
            flag=True,
        ),
        Option(
            ("--against",),
            "compare with another run (.changes): previous, $run, or @run.json as --json printed it",
            "against",
            "RUN",
            takes="anything",
        ),
        Option(("--validation",), "a record that breaks its model ends the run", "validation", flag=True),
        Option(
            ("--read-only",),
            "refuse whatever would write to the provider or to metadata",
            "read_only",
            flag=True,
        ),
        Option(("--max-requests",), "end the run after N requests", "max_requests", "N", type=int),
        Option(("--max-records",), "end the run after N records", "max_records", "N", type=int),
        Option(
            ("--save-responses", "--save"),
            "write what it received to <integration>/tests/<name>.test.json, for %%nango_test",
            "save_responses",
            flag=True,
        ),
        Option(
            ("--timeout",),
            f"stop the run after S seconds; {TIMEOUT:.0f} by default",
            "timeout",
            "S",
            type=float,
        ),
        Option(
            ("--remote",),
            "run it on Nango's own servers, which compile it first (Nango Cloud, the sandbox)",
            "remote",
            flag=True,
        ),
        _INTEGRATION,
        Option(
            ("-o", "--out"),
            "bind the result to a variable: DataFrame, dict of them, or output",
            "out",
            "VAR",
            where="magic",
        ),
        _JSON,
    ),
    """\
Values may come from the notebook: -i $payload. As in a shell, put JSON in quotes: -i '{"id": 1}'.
The result has .df, .records, .deleted, .logs, .requests, .problems, .output and .counts.
""",
)
CHECK = Command(
    "check",
    "Shows everything declared, with its problems.",
    (
        Option(("NAME",), "only this script", "name", nargs="?", completes="script", where="magic"),
        Option(
            ("SOURCE",),
            "notebooks, nango-integrations folders, or nango.yaml files",
            "sources",
            nargs="+",
            completes="path",
            where="command",
        ),
        _TRUST_SOURCES,
        _JSON,
    ),
)
GENERATE = Command(
    "generate",
    "Makes a scaffold for each declared script that has none; nothing existing is touched.",
    (
        Option(("DIR",), "a folder with nango.yaml", "folder", completes="path", where="command"),
        Option(
            ("--language",),
            "of the scaffolds",
            "language",
            choices=("python", "typescript"),
            default="python",
        ),
        Option(("--force",), "overwrite files that nobody generated", "force", flag=True, where="command"),
    ),
)
EXPORT = Command(
    "export",
    "Writes the deployable folder: nango.yaml, scripts and modules.",
    (
        _SOURCES,
        Option(("DIR",), "the folder to write", "folder", nargs="?", completes="path", where="magic"),
        Option(("DIR",), "the folder to write", "folder", completes="path", where="command"),
        _LAYOUT,
        Option(("--check",), "write nothing; fail where the folder is not up to date", "check", flag=True),
        Option(("--diff",), "write nothing; show what would change", "diff", flag=True),
        Option(("--prune",), "remove files that were exported once and no longer are", "prune", flag=True),
        Option(("--force",), "overwrite files that are foreign or were edited", "force", flag=True),
        _TRUST_SOURCES,
    ),
)
IMPORT = Command(
    "import",
    "Makes a notebook of a nango-integrations folder: a cell for each file, and a dry run of each script.",
    (
        Option(("DIR",), "the folder", "folder", completes="path"),
        Option(
            ("NOTEBOOK",),
            "the notebook to write; DIR.ipynb, unless given",
            "notebook",
            nargs="?",
            completes="path",
        ),
        Option(("--force",), "overwrite a notebook that is there", "force", flag=True),
        _TRUST,
    ),
)
DEPLOY = Command(
    "deploy",
    "Deploys the scripts to Nango, for real: shows what would change, asks, deploys.",
    (
        _SOURCES,
        Option(
            ("ENV",), "the Nango environment: dev, prod …, or sandbox", "environment", completes="environment"
        ),
        Option(("--plan",), "deploy nothing; show what would change", "plan", flag=True),
        Option(("--auto-confirm",), "do not ask, unless something is deleted", "auto_confirm", flag=True),
        Option(
            ("--allow-destructive",),
            "do not ask where something is deleted, either: what the plan lists goes for good",
            "allow_destructive",
            flag=True,
        ),
        Option(
            ("--layout",),
            "nango-yaml, or zero-yaml, the default where a script is createSync or the like",
            "layout",
            "LAYOUT",
        ),
        Option(
            ("--via",),
            "functions: send TypeScript source, which Nango Cloud compiles; needs no Node.js here",
            "via",
            "API",
            choices=("functions",),
        ),
    ),
    "Other scripts of the environment are left alone. Exit code 11: it was not deployed, or not all of it.",
)
TEST = Command(
    "test",
    "Replays saved responses without a network, and compares records and outputs with the saved ones.",
    (
        Option(("NAME",), "only this script", "name", nargs="?", completes="script", where="magic"),
        _SOURCES,
        Option(
            ("--integration-id", "--integration"),
            "only scripts of this integration",
            "integration_id",
            "ID",
            completes="integration",
        ),
        Option(
            ("--json",),
            "one line of JSON for each script that has saved responses, everything else on stderr",
            "json",
            flag=True,
            where="command",
        ),
    ),
    "Responses are saved by a dry run with --save-responses. Exit code 12: a replay failed.",
)
SHOW = Command(
    "show",
    "Shows a script in Python and in TypeScript, side by side.",
    (
        Option(("NAME",), "the script", "name", completes="script"),
        _TYPESCRIPT,
        _INTEGRATION,
    ),
)
TRANSLATE = Command(
    "translate",
    "Prints the TypeScript of a Python script.",
    (
        Option(("FILE",), "the script", "file", completes="path", where="command"),
        Option(
            ("--kind",),
            "what it is",
            "kind",
            choices=("sync", "action", "on-event"),
            where="command",
            default="sync",
        ),
        Option(
            ("--name",),
            "its name in nango.yaml; by default that of the file",
            "name",
            "NAME",
            where="command",
        ),
        Option(("--integration",), "its integration", "integration", "ID", where="command"),
        Option(("--yaml",), "the nango.yaml that declares it", "yaml", "FILE", where="command"),
        _TYPESCRIPT,
    ),
    "What cannot be carried over is said on stderr, with exit code 10.",
)
DEV = Command(
    "dev",
    "Checks and exports notebooks again whenever one is saved, until it is stopped.",
    (
        _SOURCES,
        Option(("DIR",), "the folder to write", "folder", completes="path", where="command"),
        _LAYOUT,
        Option(("--prune",), "remove files that were exported once and no longer are", "prune", flag=True),
        _TRUST_SOURCES,
    ),
)
_MAYBE_SOURCE = Option(
    ("SOURCE",),
    "a notebook, or a nango-integrations folder, that declares it",
    "source",
    nargs="?",
    completes="path",
    where="command",
)
_CONNECTION = Option(("CONNECTION",), "id of the connection", "connection", nargs="?", completes="connection")
_VARIANT = Option(("--variant",), "the sync variant", "variant", "NAME", default="base")
_SYNC = Option(
    ("NAME",), "the sync: NAME, INTEGRATION/NAME or INTEGRATION/syncs/NAME", "name", completes="script"
)
_ON_A_SYNC = (_MAYBE_SOURCE, _SYNC, _CONNECTION, _ENVIRONMENT, _INTEGRATION, _VARIANT)
RECORDS = Command(
    "records",
    "Reads the records of a model that a deployed sync has stored.",
    (
        _MAYBE_SOURCE,
        Option(("MODEL",), "the model", "model", completes="model"),
        _CONNECTION,
        _ENVIRONMENT,
        _INTEGRATION,
        Option(
            ("--modified-after",),
            "only those that were modified since: 2026-01-31 or ISO 8601 (UTC)",
            "modified_after",
            "DATE",
            takes="anything",
        ),
        Option(
            ("--filter",),
            "only those: added, updated, deleted, joined by commas",
            "filter",
            "ACTIONS",
            takes="anything",
        ),
        Option(("--limit",), "only the first N records", "limit", "N", type=int),
        _VARIANT,
        Option(("-o", "--out"), "bind the DataFrame to a variable", "out", "VAR", where="magic"),
        _JSON,
    ),
    "The result has .df and .records; deleted records are among them, with their date in deleted_at.",
)
STATUS = Command(
    "status",
    "Shows the state of a deployed sync, or of all.",
    (
        _MAYBE_SOURCE,
        dataclasses.replace(_SYNC, nargs="?"),
        _CONNECTION,
        _ENVIRONMENT,
        _INTEGRATION,
        _VARIANT,
        _JSON,
    ),
)
TRIGGER = Command(
    "trigger",
    "Runs a deployed sync now, for real, beside its schedule.",
    (
        *_ON_A_SYNC,
        Option(
            ("--reset",),
            "from scratch: without its checkpoint and the date of its last run",
            "reset",
            flag=True,
        ),
        Option(
            ("--empty-cache",), "delete its synced records first (with --reset)", "empty_cache", flag=True
        ),
        Option(("--wait",), "wait for the end of the run, and show its result", "wait", flag=True),
        Option(("--timeout",), "wait for S seconds at most; 600 by default", "timeout", "S", type=float),
        _JSON,
    ),
    "The status is PENDING until the run begins. With --wait, exit code 12: it failed, or has not ended.",
)
START = Command(
    "start",
    "Starts the schedule of a deployed sync, for real: it runs at its interval, the first time at once.",
    (*_ON_A_SYNC, _JSON),
)
PAUSE = Command("pause", "Pauses the schedule of a deployed sync, for real.", (*_ON_A_SYNC, _JSON))
FORGET = Command(
    "forget",
    "Withdraws what a deleted cell declared.",
    (Option(("NAME",), "the script, module or named yaml cell", "name", completes="declared"),),
)
SANDBOX = Command(
    "sandbox",
    "A stand-in of Nango on this machine, with demo data: a place to learn and to test.",
    (
        Option(
            ("--port",), "port on 127.0.0.1; a free one by default", "port", "P", type=int, where="command"
        ),
        Option(
            ("--rows",), "contacts of the Salesforce-like provider", "rows", "N", type=int, where="command"
        ),
        Option(("--key",), "secret key; a random one by default", "key", "K", where="command"),
        Option(
            ("--key-file",),
            "read the key from a file: other users see a command's words",
            "key_file",
            "FILE",
            completes="path",
            where="command",
        ),
    ),
)
DEMO = Command(
    "demo",
    "Copies the quickstart notebook and says how to open it.",
    (
        Option(("DIR",), "where to", "folder", nargs="?", default=".", completes="path", where="command"),
        Option(("--execute",), "run it, too, and print its results", "execute", flag=True, where="command"),
    ),
)

_DEPLOYED = (RECORDS, STATUS, TRIGGER, START, PAUSE)
#: Every verb, by name: the magics' and the command line's.
COMMANDS: dict[str, Command] = {
    **DECLARING,
    **{
        command.name: command
        for command in (
            CONNECTION,
            CONNECTIONS,
            DRYRUN,
            CHECK,
            GENERATE,
            TEST,
            SHOW,
            EXPORT,
            IMPORT,
            DEPLOY,
            TRANSLATE,
            DEV,
        )
    },
    **{command.name: command for command in _DEPLOYED},
    **{command.name: command for command in (FORGET, SANDBOX, DEMO)},
}
CLI: tuple[Command, ...] = (
    *(DRYRUN, EXPORT, IMPORT, DEPLOY, DEV, TRANSLATE, CONNECTIONS, CHECK, GENERATE, TEST),
    *_DEPLOYED,
    *(SANDBOX, DEMO),
)
