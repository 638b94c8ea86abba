"""Generated scripts in Python and, translated, in Node: what is equal, different, loud or refused."""

from __future__ import annotations

import json
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from traceback import walk_tb
from typing import Any

from nangonb._project import Declarations, Project, Script, Source, read_cell
from nangonb._translate import translate
from tests.programs.generator import INPUT, Program, program
from tests.programs.node import in_node

#: Loud ends that are no difference: JavaScript cannot go on where Python does; a dict from outside where a
#: list is gone through, which is written as for a list (``for (const record of page)``).
LOUD = re.compile(
    r"LimitError: |TypeError: .* is not iterable|TypeError: .*\.(map|filter|flatMap|join) is not a function"
)
#: Statements that are left out of a program, at most, for what raises or is refused.
_TRIES = 40
BATCH = 100
_BATCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A program that runs in Python, with its result and calls as JSON, and its TypeScript."""

    seed: int
    source: str
    result: Any
    calls: Any
    typescript: str


@dataclass(slots=True)
class Compared:
    """``refused`` counts the codes of what was left out for it; ``different`` are texts to read."""

    equal: int = 0
    loud: int = 0
    empty: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.equal + self.loud + self.empty + len(self.different)


def compare(seeds: Sequence[int], *, types: bool = False) -> Compared:
    """Run the programs of these numbers in both languages. ``types``: the compiler must take them, too."""
    found = Compared()
    ready: list[Ready] = []
    for seed in seeds:
        made = _ready(seed, found.refused)
        if made is None:
            found.empty += 1
        else:
            ready.append(made)
    for start in range(0, len(ready), BATCH):
        _compare(ready[start : start + BATCH], found, types=types)
    return found


def _compare(batch: list[Ready], found: Compared, *, types: bool) -> None:
    results, problems = _in_node(batch, types=types)
    for made, said in zip(batch, results, strict=True):
        error = said.get("error", "")
        if (
            "value" in said
            and made.result == json.loads(said["value"])
            and made.calls == json.loads(said["calls"])
        ):
            wrong = problems.get(made.seed)
            if wrong is None:
                found.equal += 1
                continue
            said = {"error": f"The compiler says: {wrong}"}
        elif LOUD.match(error):
            found.loud += 1
            continue
        main = made.typescript.split("\n// ")[0]
        python = json.dumps([made.result, made.calls])
        found.different.append(f"Program {made.seed}\n{made.source}\nPython {python}\nNode   {said}\n{main}")


def _in_node(batch: list[Ready], *, types: bool) -> tuple[list[dict[str, str]], dict[int, str]]:
    """Results in Node, and compiler findings by number. A program that does not end is a result, too."""
    codes = [each.typescript for each in batch]
    checked = {f"p{each.seed}.ts": each.typescript for each in batch} if types else None
    try:
        results, problems = in_node(codes, INPUT, checked, seconds=_BATCH_SECONDS)
    except subprocess.TimeoutExpired:
        if len(batch) == 1:
            return [{"error": "no end"}], {}
        middle = len(batch) // 2
        parts = [_in_node(part, types=types) for part in (batch[:middle], batch[middle:])]
        return [each for results, _ in parts for each in results], {**parts[0][1], **parts[1][1]}
    texts = {int(name[1:-3]): f"line {line}: {text}" for name, line, text in problems if _NAMES.search(text)}
    return results, texts


#: What the compiler finds wrong with names. Its further findings stop an export, so that they are loud.
_NAMES = re.compile("Cannot find name|redeclare|left-hand side|cannot be resolved|is a constant")


def _ready(seed: int, refused: Counter[str]) -> Ready | None:
    """The program without the statements that raise in Python or are refused; None where nothing is left."""
    made: Program | None = program(seed)
    for _ in range(_TRIES):
        if made is None:
            return None
        source = made.source
        ran = run_python(source)
        if isinstance(ran, int):
            made = made.without([ran])
            continue
        typescript = to_typescript(source)
        if isinstance(typescript, str):
            return Ready(seed, source, *ran, typescript)
        refused.update(code for code, _ in typescript)
        made = made.without([line for _, line in typescript])
    return None


def run_python(source: str) -> tuple[Any, Any] | int:
    """Result and calls as JSON has them; or the line of ``run_action`` at which Python raises."""
    names: dict[str, Any] = {}
    nango = Nango()
    given = json.loads(json.dumps(INPUT))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            exec(compile(source, "program", "exec"), names)
        return json.loads(json.dumps(names["run_action"](nango, given))), nango.calls
    except SyntaxError as error:
        return error.lineno or 0
    except Exception as error:
        lines = [n for frame, n in walk_tb(error.__traceback__) if frame.f_code.co_filename == "program"]
        return lines[-1] if lines else 0


class Nango:
    """What programs get: it notes what they do, and answers as in host.mjs."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def log(self, *messages: str) -> None:
        self.calls.append(["log", " ".join(messages), "info"])

    def get(self, endpoint: str) -> Any:
        self.calls.append(["get", {"endpoint": endpoint}])
        return _Response({"method": "get", "endpoint": endpoint, "items": [1, "a", None], "next": None})


@dataclass(frozen=True, slots=True)
class _Response:
    data: Any
    status: int = 200


# The one place that knows what translates


def to_typescript(source: str) -> str | list[tuple[str, int]]:
    """The file of an action; or the code and line of each refusal."""
    project, script = empty_action()
    done = translate(project, replace(script, source=Source("case", source)))
    if done.ok:
        return done.code
    return [(each.code, (each.place.line if each.place else None) or 0) for each in done.problems]


@cache
def empty_action() -> tuple[Project, Script]:
    """An action that scripts are put into, and its project."""
    declarations = Declarations()
    text = "%%nango_action case --integration-id api\ndef run_action(nango, input):\n    return 1\n"
    cell = read_cell(text, label="case", id="case")
    assert cell is not None
    declarations.declare(cell)
    project = declarations.project()
    return project, project.scripts[0]
