"""The magics that declare something, with their options: one place for kernel, reader and completion."""

from __future__ import annotations

from dataclasses import replace

from nangonb._project.options import Command, Option
from nangonb._project.scripts import Kind

_INTEGRATION = Option(
    "--integration-id", "the integration that the script belongs to", "ID", completes="integration"
)
_OUTPUT = Option(
    "--output", "the model that it saves or returns; separate several with commas", "MODEL", completes="model"
)
_INPUT = Option("--input", "the model of its input", "MODEL", completes="model")
_ENDPOINT = Option("--endpoint", "its endpoint: 'GET /crm/contact'", "ENDPOINT")
_NAME = Option("NAME", "name of the script, as in nango.yaml", completes="script")
_PATH = Option(
    "--path", "its file in the exported folder, without suffix, if it is not INTEGRATION/syncs/NAME", "PATH"
)
_DETAILS = """\
The body is the script. Put all other nango.yaml keys in a %%nango_yaml cell,
or at the top of the body, one key per line:

    #| integration: salesforce
    #| runs: every day
"""

YAML = Command(
    "%%nango_yaml",
    "Declares integrations, syncs, actions and models: nango.yaml, complete or a part of it.",
    (Option("NAME", "a name for this part; a cell of the same name replaces it", nargs="?"),),
    "Several cells are merged. Run a cell again after a change: it replaces what it declared before.",
)
SYNC = Command(
    "%%nango_sync",
    "Declares a sync: a script that saves records, with a function fetch_data(nango).",
    (
        _NAME,
        _INTEGRATION,
        Option("--runs", "how often it runs: 'every day'", "EVERY"),
        _OUTPUT,
        _INPUT,
        _ENDPOINT,
    ),
    _DETAILS,
)
ACTION = Command(
    "%%nango_action",
    "Declares an action: a script that does one thing now, with a function run_action(nango, input).",
    (_NAME, _INTEGRATION, _OUTPUT, _INPUT, _ENDPOINT),
    _DETAILS,
)
ON_EVENT = Command(
    "%%nango_on_event",
    "Declares a script that runs on an event of a connection, with a function on_event(nango).",
    (
        _NAME,
        _INTEGRATION,
        Option(
            "--event",
            "when it runs",
            "EVENT",
            choices=("post-connection-creation", "pre-connection-deletion", "validate-connection"),
        ),
    ),
    _DETAILS,
)
MODULE = Command(
    "%%nango_module",
    "Declares code that scripts import: from nangonb.modules.NAME import helper.",
    (Option("NAME", "its path in the exported folder, without suffix"),),
)


def _in_typescript(command: Command) -> Command:
    """The same for a body in TypeScript."""
    functions = {"sync": "fetchData", "action": "runAction", "on_event": "onEvent"}
    creates = {"sync": "createSync", "action": "createAction", "on_event": "createOnEvent"}
    name = command.prog.removeprefix("%%nango_")
    if name == "module":
        summary = "Declares TypeScript that scripts import by its path: '../../NAME'."
    else:
        kind = name.replace("_", "-")
        summary = (
            f"Declares {'a' if kind == 'sync' else 'an'} {kind} in TypeScript: a function "
            f"{functions[name]}(nango), or {creates[name]}(…)."
        )
    details = command.details.replace("#|", "//|")
    options = command.options if name == "module" else (*command.options, _PATH)
    return replace(command, prog=f"{command.prog}_ts", summary=summary, options=options, details=details)


PYTHON = (SYNC, ACTION, ON_EVENT, MODULE)
COMMANDS: dict[str, Command] = {
    command.prog.removeprefix("%%nango_"): command
    for command in (YAML, *PYTHON, *map(_in_typescript, PYTHON))
}
KINDS: dict[str, Kind] = {"sync": "sync", "action": "action", "on_event": "on-event"}
