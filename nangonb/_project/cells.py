"""One cell's text → what it declares. Nothing here depends on any other cell, and nothing is run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nangonb._project.declaring import COMMANDS, KINDS
from nangonb._project.problems import Problem
from nangonb._project.reads import parse as parse_reads
from nangonb._project.scripts import ENTRY, FOLDERS, WEBHOOK, Kind, Language, Style
from nangonb._project.source import Source
from nangonb._project.typescript import CREATES, check_typescript, style_of, typescript_hint
from nangonb.errors import NangonbError, ProjectError, UsageError, nearest

if TYPE_CHECKING:
    from nangonb._project.nango_yaml import YamlDocument

_MAGIC = re.compile(r"%%nango_(\w+)(?:[ \t]+(.*?))?[ \t]*\r?$")
_CONFIG_LINES: dict[Language, tuple[re.Pattern[str], str]] = {
    "python": (re.compile(r"#\|(.*)$"), "#"),
    "typescript": (re.compile(r"//\|(.*)$"), "//"),
}
CONFIG_KEYS: dict[Kind, tuple[str, ...]] = {
    "sync": (
        "integration", "reads", "runs", "output", "input", "endpoint", "description", "sync_type",
        "track_deletes", "auto_start", "version", "scopes", "webhook-subscriptions",
    ),
    "action": ("integration", "reads", "output", "input", "endpoint", "description", "version", "scopes"),
    "on-event": ("integration", "reads", "event"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class YamlCell:
    """A ``%%nango_yaml`` cell, or a nango.yaml file."""

    name: str | None
    source: Source
    document: YamlDocument


@dataclass(frozen=True, slots=True)
class ScriptCell:
    """A script with the configuration of its own cell.

    ``config`` are nango.yaml keys from options and ``#|`` lines; ``lines`` the line of each in the
    body, 0 for the ``%%`` line. ``reads`` are paths that it asks with POST and only reads from, which is
    not part of nango.yaml. Without a description, the docstring is the description.
    ``style`` ``zero`` is TypeScript that declares itself with ``createSync`` and the like. ``path`` is its
    file, where that is not where its kind has its place.
    """

    kind: Kind
    name: str
    source: Source
    integration: str | None
    config: dict[str, Any]
    lines: dict[str, int]
    docstring: str = ""
    language: Language = "python"
    style: Style = "yaml"
    path: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleCell:
    path: str
    source: Source
    language: Language = "python"


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell with an error. Verbs that use what it declares raise that error.

    ``magic`` is that of both languages (``sync``, ``module``, ``yaml``); ``name`` and ``integration`` are
    None where the cell does not say them in a way that can be read.
    """

    magic: str
    name: str | None
    source: Source
    error: NangonbError
    language: Language = "python"
    integration: str | None = None

    @property
    def kind(self) -> Kind | None:
        return KINDS.get(self.magic)

    def would_declare(self, cell: DeclaredCell) -> bool:
        """Whether both declare one thing. A yaml cell without a name is known by nothing but its id."""
        match cell:
            case FailedCell():
                same = (self.magic, self.name) == (cell.magic, cell.name)
                return same and self._may_belong_to(cell.integration)
            case ScriptCell():
                same = (self.kind, self.name) == (cell.kind, cell.name)
                return same and self._may_belong_to(cell.integration)
            case ModuleCell():
                return (self.magic, self.language, self.name) == ("module", cell.language, cell.path)
            case YamlCell():
                return (self.magic, self.name) == ("yaml", cell.name)

    def answers_to(self, name: str, integration: str | None = None) -> bool:
        """Whether ``name`` may mean the script that it would have declared: its bare name or a longer one."""
        if self.kind is None or self.name is None or not self._may_belong_to(integration):
            return False
        home, _, rest = name.rpartition("/") if "/" in name else ("", "", name)
        home, _, folder = home.partition("/")
        message = rest == self.name and folder in ("", FOLDERS[self.kind])
        return message and self._may_belong_to(home or None)

    def _may_belong_to(self, integration: str | None) -> bool:
        return None in (self.integration, integration) or self.integration == integration


DeclaredCell = YamlCell | ScriptCell | ModuleCell | FailedCell


def find_magic(text: str) -> tuple[int, str, str] | None:
    """(index of the ``%%nango_…`` line, magic name, rest of that line), or None for any other cell.

    Blank lines and comments may stand above it (form titles, papermill tags).
    """
    for index, line in enumerate(text.splitlines()):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _MAGIC.match(line)
        return (index, match[1], match[2] or "") if match else None
    return None


def read_cell(text: str, *, label: str, id: str | None = None) -> DeclaredCell | None:
    """What a cell declares; None for a cell that declares nothing.

    For an invalid cell, returns a :class:`FailedCell` with the ``error``.
    """
    magic_line = find_magic(text)
    if magic_line is None or magic_line[1] not in COMMANDS:
        return None
    index, magic, line = magic_line
    what = magic.removesuffix("_ts")
    language: Language = "python" if what == magic else "typescript"
    source = Source(label, text, index + 1, id)
    command = COMMANDS[magic]
    try:
        options = command.parse_line(line)
        if magic == "yaml":
            return read_yaml(source, options.name)
        if what == "module":
            return read_module(source, options.name, language)
        given = {key: value for key, value in vars(options).items() if value is not None and key != "name"}
        return read_script(KINDS[what], options.name, source, given, language)
    except NangonbError as error:
        given = command.guess_line(line)
        home = given.get("integration_id") or _named_integration(KINDS.get(what), source, language)
        return FailedCell(what, given.get("name"), source, error, language, home)


def read_yaml(source: Source, name: str | None = None) -> YamlCell:
    """Raises :class:`ProjectError` where js-yaml would refuse the text."""
    from nangonb._project import nango_yaml

    return YamlCell(name, source, nango_yaml.read(source.body, source))


_PATH_HINT = "Use letters, digits, _ and -, with / between folders, without a suffix: mappers/contact"


def is_path(path: str, language: Language) -> bool:
    """Whether a file may be there; Python needs names that it can import."""
    part = r"[A-Za-z_][\w-]*" if language == "python" else r"[\w@][\w.@~+-]*"
    return re.fullmatch(rf"{part}(/{part})*", path) is not None and not path.endswith((".py", ".ts", ".js"))


def read_module(source: Source, path: str, language: Language = "python") -> ModuleCell:
    if not is_path(path, language):
        raise UsageError(f"{path!r} is not a valid module path.", hint=_PATH_HINT)
    if language == "python":
        _parse_python(source)
    else:
        check_typescript(source, f"%%nango_module {path}")
    return ModuleCell(path, source, language)


def read_script(
    kind: Kind,
    name: str,
    source: Source,
    options: dict[str, Any] | None = None,
    language: Language = "python",
) -> ScriptCell:
    """A script. ``options`` are those of the magic; a file of an exported folder has none.

    Raises:
        ProjectError: a syntax error, no entry function, a ``#|`` line that is not a nango.yaml key. Of
            TypeScript only what the text itself shows: nothing parses it here.
        UsageError: the name is invalid.
    """
    if not re.fullmatch(r"[a-zA-Z0-9_-]+", name):
        raise UsageError(f"{name!r} is not a valid script name.", hint="Use letters, digits, _ and -.")
    docstring, style = "", None
    if language == "python":
        tree = _parse_python(source)
        entry = _entry(tree, kind, source)
        docstring = ast.get_docstring(entry) or ast.get_docstring(tree) or ""
    else:
        check_typescript(source, f"%%nango_{kind.replace('-', '_')} {name}")
        style = style_of(source, kind)
    given_options = dict(options or {})
    path = given_options.pop("path", "")
    if path and not is_path(path, language):
        raise UsageError(f"{path!r} is not a valid script path.", hint=_PATH_HINT)
    config, lines = _config_lines(kind, source, language)
    for key, value in given_options.items():
        option = {"integration_id": "integration"}.get(key, key)
        given = [part.strip() for part in value.split(",")] if option == "output" and "," in value else value
        if option in config and config[option] != given:
            problem = Problem(
                "config-contradiction",
                f"The option sets {option} to {given!r}, "
                f"and a line of the same cell sets it to {config[option]!r}.",
                source.body_place(lines[option]),
                "Keep the line or the option.",
            )
            raise ProjectError("The cell has contradicting settings.", problems=[problem])
        config[option] = given
        lines[option] = 0
    integration = config.pop("integration", None)
    reads: tuple[str, ...] = ()
    if "reads" in config:
        reads = parse_reads(config.pop("reads"), source.body_place(lines["reads"]))
    home = None if integration is None else str(integration)
    if style == "zero" and config:
        key = next(iter(config))
        problem = Problem(
            "config-contradiction",
            f"The script declares its own configuration, and {key} is set outside of it.",
            source.body_place(lines[key]) if lines[key] else source.place(source.offset),
            f"Say it where {CREATES[kind]}(…) is called; only the integration is not message there.",
        )
        raise ProjectError("The cell has contradicting settings.", problems=[problem])
    return ScriptCell(
        kind, name, source, home, config, lines, docstring, language, style or "yaml", path, reads
    )


def _named_integration(kind: Kind | None, source: Source, language: Language) -> str | None:
    """The integration that the ``#|`` lines of a refused cell name, as far as they can be read."""
    if kind is None:
        return None
    try:
        integration = _config_lines(kind, source, language)[0].get("integration")
    except NangonbError:
        return None
    return None if integration is None else str(integration)


def _config_lines(kind: Kind, source: Source, language: Language) -> tuple[dict[str, Any], dict[str, int]]:
    """The ``#|`` or ``//|`` lines above the first line of code, as nango.yaml keys, and the line of each."""
    config_line, comment = _CONFIG_LINES[language]
    kept, any_lines = [], False
    for line in source.body.splitlines():
        match = config_line.match(line)
        if match:
            any_lines = True
            kept.append(" " * (len(comment) + 1) + match[1])  # so that columns stay right
        elif language == "typescript" and line.startswith("#|"):
            place = source.body_place(len(kept) + 1)
            message = "In TypeScript these lines start with //|."
            problem = Problem("config-line", message, place, f"//{line[1:]}")
            raise ProjectError("The //| lines are invalid.", problems=[problem])
        elif line.strip() and not line.startswith(comment):
            break
        else:
            kept.append("")
    if not any_lines:
        return {}, {}
    from nangonb._project import nango_yaml

    document = nango_yaml.read("\n".join(kept), source)
    if not isinstance(document.data, dict):
        problem = Problem(
            "config-line",
            f"A {comment}| line must have one nango.yaml key.",
            source.body_place(1),
            f"{comment}| runs: every day",
        )
        raise ProjectError(f"The {comment}| lines are invalid.", problems=[problem])
    config, lines = {}, {}
    for key, value in document.data.items():
        place = document.place((key,), key=True)
        if key not in CONFIG_KEYS[kind]:
            match_ = nearest(str(key), CONFIG_KEYS[kind])
            hint = f"Did you mean {match_}? " if match_ else ""
            problem = Problem(
                "config-key",
                f"{key!r} is not a key of {'an' if kind[0] in 'ao' else 'a'} {kind} in nango.yaml.",
                place,
                f"{hint}Valid keys: {', '.join(CONFIG_KEYS[kind])}.",
            )
            raise ProjectError(f"The {comment}| lines are invalid.", problems=[problem])
        config[str(key)] = value
        lines[str(key)] = (place.line or source.offset) - source.offset
    return config, lines


def _parse_python(source: Source) -> ast.Module:
    try:
        return ast.parse(source.body)
    except SyntaxError as error:
        place = source.body_place(error.lineno or 1, error.offset)
        hint = typescript_hint(source)
        if place.text.startswith("//|"):
            hint = f"In Python these lines start with #|: #{place.text[2:]}"
        problem = Problem("python-syntax", f"{error.msg}.", place, hint)
        raise ProjectError("The cell is not valid Python.", problems=[problem]) from None
    except (RecursionError, MemoryError):  # so deep that the parser gives up
        message = "The code has too many levels of nesting for Python's parser."
        problem = Problem("python-syntax", message, source.body_place(1), "Split the expression.")
        raise ProjectError("The cell is not valid Python.", problems=[problem]) from None
    except ValueError as error:  # NUL characters
        problem = Problem("python-syntax", f"{error}.", source.body_place(1))
        raise ProjectError("The cell is not valid Python.", problems=[problem]) from None


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _async(function: _Function, source: Source) -> Problem:
    hint = "Use a plain def without await. The requests of a script run one after the other."
    place = source.body_place(function.lineno)
    return Problem("async-script", f"{function.name} is async.", place, hint)


def _entry(tree: ast.Module, kind: Kind, source: Source) -> ast.FunctionDef:
    """The function that Nango calls. Raises ProjectError if it is missing or wrong."""
    wanted = ENTRY[kind]
    functions = {node.name: node for node in tree.body if isinstance(node, _Function)}
    function = functions.get(wanted)
    problem: Problem | None = None
    if function is None:
        code, line = "no-entry-function", None
        close = nearest(wanted, functions) or next((n for n in functions if n in ENTRY.values()), None)
        hint = f"def {wanted}({'nango, input' if kind == 'action' else 'nango'}): …"
        if close:
            line = functions[close].lineno
            hint = f"Rename {close} to {wanted}."
            if close in ENTRY.values():
                right = next(k for k, v in ENTRY.items() if v == close).replace("-", "_")
                hint = f"{close} is the function of %%nango_{right}."
        place = source.body_place(line) if line else source.place(source.offset or None)
        problem = Problem(code, f"The script has no function {wanted}.", place, hint)
    elif isinstance(function, ast.AsyncFunctionDef):
        problem = _async(function, source)
    elif kind == "sync" and isinstance(functions.get(WEBHOOK), ast.AsyncFunctionDef):
        problem = _async(functions[WEBHOOK], source)
    else:
        most = 2 if kind == "action" else 1
        positional = [*function.args.posonlyargs, *function.args.args]
        required = len(positional) - len(function.args.defaults)
        if not positional or required > most or function.args.vararg:
            signature = "(nango)" if most == 1 else "(nango) or (nango, input)"
            place = source.body_place(function.lineno)
            problem = Problem(
                "entry-signature", f"Nango calls {wanted}{signature}.", place, "Change the parameters."
            )
    if problem is not None:
        raise ProjectError("The script cannot run.", problems=[problem])
    assert isinstance(function, ast.FunctionDef)
    return function
