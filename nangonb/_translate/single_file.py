"""A script with its imports as one TypeScript file, the only form that Nango's functions API accepts.

This does not parse TypeScript, so that Node.js is not needed: a top-level statement starts with a line
without indentation. Files that cannot be combined in this way are problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from nangonb._project import ZERO_YAML, Module, Place, Problem, Project, Script, Source
from nangonb._project.imports import resolve
from nangonb._translate.modules import Modules
from nangonb._translate.translation import translate, translate_module

__all__ = ["SingleFile", "single_file"]

_IMPORT: Final = re.compile(
    r"^import\s+(?:(?P<type>type)\s+(?!from\b|,))?(?:(?P<what>[^'\";]*?)\s*\bfrom\s*)?"
    r"(?P<quote>['\"])(?P<from>[^'\"\n]+)(?P=quote)[ \t]*;?",
    re.MULTILINE,
)
_EXPORT_FROM: Final = re.compile(
    r"^export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^;'\"\n]*\bfrom\s*['\"](?P<from>[^'\"\n]+)['\"]", re.MULTILINE
)
_DEFAULT: Final = re.compile(r"^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b", re.MULTILINE)
_STATEMENT: Final = re.compile(
    r"(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
    r"(?:function\b\s*\*?|const\s+enum\b|(?:const|let|var|class|interface|type|enum|namespace)\b)\s*"
    r"(?P<name>[A-Za-z_$][\w$]*)"
)
_USE: Final = re.compile(r"(?:(?<=\.\.\.)|(?<![\w$.]))(?P<name>[A-Za-z_$][\w$]*)(?P<key>\s*\??:)?")
_BEFORE_KEYS: Final = ("", "{", ",", "(", ";")  # before a key, or a parameter with its type
_START: Final = re.compile(r"[A-Za-z_$@/]")
_HIDDEN: Final = re.compile(
    r"//[^\n]*|/\*.*?\*/|`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class SingleFile:
    """``code`` is the file; ``places`` maps its lines to their origins, with a column for TypeScript;
    ``sources`` are the origins by label. With ``problems``, the file is unusable."""

    code: str
    places: Mapping[int, Place]
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems

    def place(self, line: int, column: int | None = None) -> Place | None:
        """Return the origin of a line, or that of the nearest line above that has one."""
        found = self.places.get(line)
        if found is not None:
            return found if found.column is None else replace(found, column=column)
        above = max((each for each in self.places if each < line), default=None)
        return None if above is None else self.places[above]


def single_file(project: Project, script: Script) -> SingleFile:
    """Return the script in the style ``zero`` (``createSync`` …), after the modules that it imports.

    Errors of the user are ``problems``; they do not raise.
    """
    if script.language == "typescript" and script.style != "zero":
        problem = Problem(
            "functions-style",
            "The functions API takes only scripts that call `createSync` or `createAction`, but nango.yaml "
            "configures this script.",
            script.source.top,
            "Write `export default createSync({ … })` or `createAction`, or run and deploy it from here.",
        )
        return SingleFile("", {}, (problem,))
    if script.kind == "on-event":
        problem = Problem(
            "functions-on-event",
            "The functions API takes only syncs and actions.",
            script.source.top,
            "Deploy it without `--via functions`.",
        )
        return SingleFile("", {}, (problem,))
    return _Assembly(project, script).made()


@dataclass
class _Part:
    """One file. ``origins`` maps its lines to those of the source's whole text."""

    path: str
    text: str
    source: Source
    origins: Mapping[int, int] | None
    hidden: str = ""

    def __post_init__(self) -> None:
        # the text with blanks for comments and the content of quotes
        self.hidden = _HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.text)

    def place(self, line: int) -> Place | None:
        if self.origins is None:
            return self.source.body_place(line, 1)
        return self.source.place(self.origins[line]) if line in self.origins else None

    def line_of(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def is_code(self, offset: int) -> bool:
        """Return whether code begins there, not a comment or text."""
        return self.hidden[offset] == self.text[offset]


@dataclass
class _Imports:
    """Imports of one package in all files."""

    names: dict[str, None] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)

    def lines(self, package: str, words: set[str]) -> Iterator[str]:
        """Yield the import lines for ``words``, and those that import no names."""
        for line in self.others:
            own = set(re.findall(r"[A-Za-z_$][\w$]*", line.partition(" from ")[0])) - {"import", "type", "as"}
            if not own or own & words:
                yield line
        names = [name for name in self.names if name.split()[-1] in words]
        if names:
            yield f"import {{ {', '.join(names)} }} from '{package}';"
        types = [name for name in self.types if name not in self.names and name.split()[-1] in words]
        if types:
            yield f"import type {{ {', '.join(types)} }} from '{package}';"


class _Assembly:
    def __init__(self, project: Project, script: Script) -> None:
        self._project, self._script = project, script
        self._modules = Modules(project)
        self._files: dict[str, Script | Module] = {f"{each.path}.ts": each for each in project.modules}
        self._entry = f"{script.file}.ts"
        self._files[self._entry] = script
        self._problems: list[Problem] = []
        self._order: list[_Part] = []
        self._seen: set[str] = set()
        self._packages: dict[str, _Imports] = {}
        self._names: dict[str, tuple[str, str]] = {}  # name → (file, text)

    def made(self) -> SingleFile:
        self._take(self._entry)
        chunks = _used([chunk for part in self._order for chunk in self._chunks(part)], self._entry)
        words = {word for chunk in chunks for word in chunk.uses}
        lines = [
            line for package, imports in self._packages.items() for line in imports.lines(package, words)
        ]
        places: dict[int, Place] = {}
        for part in self._order:
            own = [line for chunk in chunks if chunk.part is part for line in chunk.lines]
            while own and not own[0][1].strip():
                del own[0]
            while own and not own[-1][1].strip():
                del own[-1]
            if not own:
                continue
            lines += ["", *([f"// {part.path}"] if part.path != self._entry else [])]
            for number, text in own:
                lines.append(text)
                place = part.place(number)
                if place is not None:
                    places[len(lines)] = place
        problems = tuple(dict.fromkeys(self._problems))
        sources = {part.source.label: part.source for part in self._order}
        return SingleFile("\n".join(lines) + "\n", places, problems, sources)

    def _take(self, path: str) -> None:
        """Add a file, after those that it imports."""
        self._seen.add(path)
        item = self._files[path]
        if isinstance(item, Script):
            done = translate(self._project, item, ZERO_YAML, modules=self._modules)
        else:
            done = translate_module(self._project, item, ZERO_YAML, modules=self._modules)
        self._problems += done.problems
        part = _Part(path, done.code, item.source, None if item.language == "typescript" else done.lines)
        for match in _IMPORT.finditer(part.text):
            if part.is_code(match.start()):
                self._import(part, match)
        for match in _EXPORT_FROM.finditer(part.text):
            if part.is_code(match.start()):
                self._refuse(
                    part, match.start(), "The module re-exports another file", "Import from that file."
                )
        if path != self._entry:
            for match in _DEFAULT.finditer(part.text):
                if part.is_code(match.start()):
                    said = "A default export of a module is not supported"
                    self._refuse(part, match.start(), said, "Export it by name.")
        self._order.append(part)

    def _import(self, part: _Part, match: re.Match[str]) -> None:
        wanted, what, is_type = match["from"], (match["what"] or "").strip(), match["type"] is not None
        named = re.fullmatch(r"\{(?P<names>[^}]*)\}", what, re.DOTALL)
        names = [each.strip() for each in named["names"].split(",") if each.strip()] if named else []
        if not wanted.startswith("."):
            found = self._packages.setdefault(wanted, _Imports())
            if not named:
                found.others[" ".join(match[0].rstrip(" \t;").split()) + ";"] = None
            for name in names:
                bare = name.removeprefix("type ").strip()
                (found.types if is_type or bare != name else found.names)[bare] = None
            return
        path = resolve(wanted, part.path, self._files)
        if path is None:
            self._refuse(
                part, match.start(), f"There is no module `{wanted}`", "Declare it: `%%nango_module_ts PATH`."
            )
            return
        if what and not named:
            said = "Importing a whole module or a default export is not supported"
            self._refuse(part, match.start(), said, f"Write `import {{ … }} from '{wanted}'`.")
        for name in names:
            if " as " in name:
                said = f"The renaming import `{name}` is not supported"
                self._refuse(part, match.start(), said, "Use the name from the module.")
        if path not in self._seen:
            self._take(path)

    def _refuse(self, part: _Part, offset: int, said: str, hint: str) -> None:
        line = part.line_of(offset)
        place = part.place(line) or part.source.top
        message = f"{said}; the functions API takes one file, into which modules are copied."
        self._problems.append(Problem("functions-one-file", message, place, hint))

    def _chunks(self, part: _Part) -> Iterator[_Chunk]:
        """Yield its statements without imports and without exact duplicates of other files.

        Statements of modules lose their ``export``: the CLI accepts only the script's own.
        """
        text = _IMPORT.sub(
            lambda match: "\0" * (match[0].count("\n") + 1) if part.is_code(match.start()) else match[0],
            part.text,
        )
        text = re.sub(r"\0+", lambda match: "\n".join("\0" * len(match[0])), text)
        numbered = list(enumerate(text.rstrip("\n").split("\n"), 1))
        hidden = part.hidden.split("\n")
        for statement in _statements(numbered, hidden):
            kept = [(number, line) for number, line in statement if "\0" not in line]
            if part.path != self._entry:
                listed = next((n for n, line in kept if re.match(r"export\s*\{", hidden[n - 1])), None)
                if listed is not None:
                    if any(re.search(r"\bas\b", line) for _, line in kept):
                        said = "Exporting a name under another name is not supported"
                        self._refuse(part, _offset(part.text, listed), said, "Export it under its own name.")
                    continue
                kept = [
                    (n, re.sub(r"^export\s+", "", line) if hidden[n - 1].startswith("export") else line)
                    for n, line in kept
                ]
            named = next(((n, match[1]) for n, _ in kept if (match := _STATEMENT.match(hidden[n - 1]))), None)
            chunk = _Chunk(part, kept, "" if named is None else named[1])
            if kept and (named is None or not self._is_known(chunk, named[0])):
                yield chunk

    def _is_known(self, chunk: _Chunk, number: int) -> bool:
        """Return whether an earlier file has the same declaration. A different one is a problem."""
        part, text = chunk.part, chunk.code
        path, before = self._names.setdefault(chunk.name, (part.path, text))
        if path == part.path:
            return False
        if before == text:
            return True
        said = f"`{chunk.name}` is declared here and in `{path}`"
        self._refuse(part, _offset(part.text, number), said, "Rename one of them.")
        return False


class _Chunk:
    """A top-level statement with the comment above it. ``name`` is its declaration, or empty."""

    def __init__(self, part: _Part, lines: list[tuple[int, str]], name: str) -> None:
        self.part, self.lines, self.name = part, lines, name
        text = "\n".join(line for _, line in lines)
        self.code = _HIDDEN.sub(
            lambda each: "" if each[0].startswith(("//", "/*")) else each[0], text
        ).strip()
        self.uses = {
            match["name"]
            for match in _USE.finditer(self.code)
            if not (match["key"] and self.code[: match.start()].rstrip()[-1:] in _BEFORE_KEYS)
        } - ({name} if name else set())


def _used(chunks: list[_Chunk], entry: str) -> list[_Chunk]:
    """Return the chunks of the entry, those that run on load, and all that they use. The rest is unused."""
    declares: dict[str, list[_Chunk]] = {}
    for chunk in chunks:
        declares.setdefault(chunk.name, []).append(chunk)
    waiting = [chunk for chunk in chunks if chunk.part.path == entry or not chunk.name]
    used = set(map(id, waiting))
    while waiting:
        for name in waiting.pop().uses:
            for chunk in declares.get(name, ()):
                if id(chunk) not in used:
                    used.add(id(chunk))
                    waiting.append(chunk)
    return [chunk for chunk in chunks if id(chunk) in used]


def _statements(lines: list[tuple[int, str]], hidden: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Yield groups of lines: an unindented line with the comment above it and its indented lines."""
    group: list[tuple[int, str]] = []
    has_code = False
    for number, line in lines:
        code = hidden[number - 1]
        starts = bool(_START.match(line)) and (line.startswith("//") or bool(code[:1].strip()))
        if starts and group and has_code:
            yield group
            group, has_code = [], False
        has_code = has_code or bool(code.strip()) or "\0" in line
        group.append((number, line))
    if group:
        yield group


def _offset(text: str, line: int) -> int:
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1])
