"""The magics that declare something, with their options: one place for kernel, reader and completion."""

from __future__ import annotations

from dataclasses import replace

from nangonb.project.options import Command, Option
from nangonb.project.scripts import Kind

_INTEGRATION = Option(
    ("--integration-id",),
    "the integration that the script belongs to",
    "integration_id",
    "ID",
    completes="integration",
)
_OUTPUT = Option(
    ("--output",),
    "the model that it saves or returns; separate several with commas",
    "output",
    "MODEL",
    completes="model",
)
_INPUT = Option(("--input",), "the model of its input", "input", "MODEL", completes="model")
_ENDPOINT = Option(("--endpoint",), "its endpoint: 'GET /crm/contact'", "endpoint", "ENDPOINT")
_NAME = Option(("NAME",), "name of the script, as in nango.yaml", "name", completes="script")
_PATH = Option(
    ("--path",),
    "its file in the exported folder, without suffix, if it is not INTEGRATION/syncs/NAME",
    "path",
    "PATH",
)
_DETAILS = """\
The body is the script. Put all other nango.yaml keys in a %%nango_yaml cell,
or at the top of the body, one key per line:

    #| integration: salesforce
    #| runs: every day
"""

YAML = Command(
    "yaml",
    "Declares integrations, syncs, actions and models: nango.yaml, complete or a part of it.",
    (Option(("NAME",), "a name for this part; a cell of the same name replaces it", "name", nargs="?"),),
    "Several cells are merged. Run a cell again after a change: it replaces what it declared before.",
    cell=True,
)
SYNC = Command(
    "sync",
    "Declares a sync: a script that saves records, with a function fetch_data(nango).",
    (
        _NAME,
        _INTEGRATION,
        Option(("--runs",), "how often it runs: 'every day'", "runs", "EVERY"),
        _OUTPUT,
        _INPUT,
        _ENDPOINT,
    ),
    _DETAILS,
    cell=True,
)
ACTION = Command(
    "action",
    "Declares an action: a script that does one thing now, with a function run_action(nango, input).",
    (_NAME, _INTEGRATION, _OUTPUT, _INPUT, _ENDPOINT),
    _DETAILS,
    cell=True,
)
ON_EVENT = Command(
    "on_event",
    "Declares a script that runs on an event of a connection, with a function on_event(nango).",
    (
        _NAME,
        _INTEGRATION,
        Option(
            ("--event",),
            "when it runs",
            "event",
            "EVENT",
            choices=("post-connection-creation", "pre-connection-deletion", "validate-connection"),
        ),
    ),
    _DETAILS,
    cell=True,
)
MODULE = Command(
    "module",
    "Declares code that scripts import: from nangonb.modules.NAME import helper.",
    (Option(("NAME",), "its path in the exported folder, without suffix", "name"),),
    cell=True,
)


def _in_typescript(command: Command) -> Command:
    """The same for a body in TypeScript."""
    functions = {"sync": "fetchData", "action": "runAction", "on_event": "onEvent"}
    creates = {"sync": "createSync", "action": "createAction", "on_event": "createOnEvent"}
    if command.name == "module":
        summary = "Declares TypeScript that scripts import by its path: '../../NAME'."
    else:
        kind = command.name.replace("_", "-")
        summary = (
            f"Declares {'a' if kind == 'sync' else 'an'} {kind} in TypeScript: a function "
            f"{functions[command.name]}(nango), or {creates[command.name]}(…)."
        )
    details = command.details.replace("#|", "//|")
    options = command.options if command.name == "module" else (*command.options, _PATH)
    return replace(command, name=f"{command.name}_ts", summary=summary, options=options, details=details)


PYTHON = (SYNC, ACTION, ON_EVENT, MODULE)
COMMANDS: dict[str, Command] = {
    command.name: command for command in (YAML, *PYTHON, *map(_in_typescript, PYTHON))
}
KINDS: dict[str, Kind] = {"sync": "sync", "action": "action", "on_event": "on-event"}
