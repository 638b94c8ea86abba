"""Completion of options, names and ``nango.``: in the kernel, for every front end. Never a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher

from nangonb._project.cells import CONFIG_KEYS, find_magic
from nangonb._project.codes import CODES
from nangonb._project.declaring import COMMANDS, KINDS
from nangonb._project.options import Command, Option
from nangonb._session import Session
from nangonb._verbs import verbs

if TYPE_CHECKING:
    from nangonb._sdk import Member

_LINE = re.compile(r"%%?nango_(\w+)(\s.*)?$", re.DOTALL)
_ATTRIBUTE = re.compile(r"\bnango\.(\w*)$")
_MODEL = re.compile(r"\bnango\.batch_\w+\(.*[\"'](\w*)$")
_TS_MODEL = re.compile(r"\bnango\.(?:batch|track)\w+\(.*[\"'](\w*)$|import type \{(?:.*[\s,])?(\w*)$")
_MODELS = re.compile(r"\s*from nangonb\.models import (?:.*[\s,(])?(\w*)$")
_MODULES = re.compile(r"\s*from nangonb\.modules\.([\w.]*)$")
_KEY = re.compile(r"(?:#|//)\|\s*([\w-]*)$")
_KEY_VALUE = re.compile(r"(?:#|//)\|\s*([\w-]+):\s+(?:.*[\s,\[])?([\w-]*)$")


class Completion:
    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session
        magics = {name: verb.magic for name, verb in verbs().items() if verb.in_notebook}
        self._commands = COMMANDS | magics

        @context_matcher()  # type: ignore[untyped-decorator]
        def nangonb_matcher(context: Any) -> dict[str, Any]:
            return self._matches(context.full_text, context.cursor_line, context.text_until_cursor)

        self._matcher = nangonb_matcher

    def register(self) -> None:
        self._shell.Completer.custom_matchers.append(self._matcher)

    def unregister(self) -> None:
        self._shell.Completer.custom_matchers.remove(self._matcher)

    def _matches(self, text: str, line: int, before: str) -> dict[str, Any]:
        line_before = before.rsplit("\n", 1)[-1]
        begun = _LINE.match(line_before.lstrip())
        if begun is not None and begun[1] in self._commands and begun[2] is not None:
            fragment, choices = self._option_choices(self._commands[begun[1]], begun[2])
            only_ours = True  # on the line of a magic, names of Python and of other magics are noise
        else:
            found = find_magic(text)
            magic = found[1].removesuffix("_ts") if found else ""
            if found is None or magic not in (*KINDS, "module") or line <= found[0]:
                return {"completions": []}
            choose = self._body_choices if magic == found[1] else self._typescript_choices
            fragment, choices = choose(magic, line_before)
            only_ours = bool(choices)
        matching = [choice for choice in choices if choice.startswith(fragment)]
        return {
            "completions": [SimpleCompletion(text=choice) for choice in matching],
            "matched_fragment": fragment,
            "suppress": only_ours,
        }

    def _option_choices(self, command: Command, rest: str) -> tuple[str, list[str]]:
        words = rest.split()
        fragment = "" if rest[-1:].isspace() or not words else words.pop()
        if fragment.startswith("$"):
            return fragment, [f"${name}" for name in self._variables()]
        options = command.options
        for option in options:
            if option.dest == "out" and words and words[-1] in option.names:
                return fragment, self._variables()
            if words and words[-1] in option.names and not option.flag:
                return fragment, self._values(option, fragment)
        if fragment.startswith("-"):
            used = set(words)
            names = [
                name for o in options if not o.positional and not used & set(o.names) for name in o.names
            ]
            return fragment, names
        taken = sum(1 for _ in _positional_words(words, options))
        positional = [option for option in options if option.positional]
        return fragment, self._values(positional[taken], fragment) if taken < len(positional) else []

    def _variables(self) -> list[str]:
        """The user's own variables."""
        hidden = self._shell.user_ns_hidden
        return [n for n in self._shell.user_ns if not n.startswith("_") and n not in hidden]

    def _values(self, option: Option, fragment: str) -> list[str]:
        project, known = self._session.project, self._session.connections.known()
        match option.completes:
            case "script":
                return sorted({script.name for script in project.scripts} | set(project.declared_names))
            case "declared":
                names = {script.name for script in project.scripts} | {
                    module.path for module in project.modules
                }
                return sorted(names | {cell.name for cell in project.yaml_cells if cell.name})
            case "model":
                return list(project.model_names)
            case "connection":
                return sorted({connection.connection_id for connection in known})
            case "integration":
                return sorted({c.provider_config_key for c in known} | set(project.integrations))
            case "environment":
                return self._session.config.environments()
            case "code":
                return sorted(CODES)
            case "path":
                return _folders(fragment)
        return list(option.choices)

    def _body_choices(self, magic: str, before: str) -> tuple[str, list[str]]:
        """What the last word before the cursor can become in a script, and that word."""
        project = self._session.project
        if match := _ATTRIBUTE.search(before):
            return match[1], ["ActionError", *(each.name for each in _members(magic))]
        if match := _MODEL.search(before) or _MODELS.match(before):
            return match[1], list(project.model_names)
        if match := _MODULES.match(before):
            names = [module.import_name.removeprefix("nangonb.modules.") for module in project.modules]
            return match[1], names
        if magic in KINDS and (match := _KEY.match(before)):
            return match[1], [f"{key}: " for key in CONFIG_KEYS[KINDS[magic]]]
        if magic in KINDS and (match := _KEY_VALUE.match(before)):
            return match[2], self._key_values(match[1])
        return "", []

    def _typescript_choices(self, magic: str, before: str) -> tuple[str, list[str]]:
        if match := _ATTRIBUTE.search(before):
            return match[1], ["ActionError", *(each.typescript for each in _members(magic))]
        if match := _TS_MODEL.search(before):
            return match[1] or match[2] or "", list(self._session.project.model_names)
        if magic in KINDS and (match := _KEY.search(before)):
            return match[1], [f"{key}: " for key in CONFIG_KEYS[KINDS[magic]]]
        if magic in KINDS and (match := _KEY_VALUE.search(before)):
            return match[2], self._key_values(match[1])
        return "", []

    def _key_values(self, key: str) -> list[str]:
        match key:
            case "integration":
                known = {c.provider_config_key for c in self._session.connections.known()}
                return sorted(known | set(self._session.project.integrations))
            case "output" | "input":
                return list(self._session.project.model_names)
            case "sync_type":
                return ["full", "incremental"]
            case "track_deletes" | "auto_start":
                return ["true", "false"]
        return []


def _members(magic: str) -> list[Member]:
    """The properties and methods of ``nango`` in a cell of this magic, without deprecated ones."""
    from nangonb._sdk import members

    return [each for each in members(is_sync=magic not in ("action", "on_event")) if not each.is_deprecated]


def _positional_words(words: list[str], options: Sequence[Option]) -> Iterator[str]:
    """The words that are arguments, not options or their values."""
    takes_value = {
        name for option in options if not option.flag and not option.positional for name in option.names
    }
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in takes_value
        else:
            yield word


def _folders(fragment: str) -> list[str]:
    """Folders whose path starts so; hidden ones only where that is asked for."""
    base, slash, start = fragment.rpartition("/")
    try:
        there = sorted(path.name for path in Path(base + slash or ".").iterdir() if path.is_dir())
    except OSError:
        return []
    hidden = start.startswith(".")
    return [f"{base}{slash}{name}/" for name in there if hidden or not name.startswith(".")]
