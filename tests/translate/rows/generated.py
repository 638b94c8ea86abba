"""Whole programs, made of the rows of the table: typed variables, control flow, comprehensions, handlers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from nangonb._translate.table import TABLE, Row
from nangonb._translate.types import Type
from tests.translate.rows.cases import Case
from tests.translate.rows.operands import OF_THE_SDK, OPERANDS, call_of

Draw = Callable[[Any], Any]
#: Kinds of variables, with what they are made of besides rows and operands: <kind> is an expression of that kind.
SHAPES: dict[str, list[str]] = {
    "int": ["len(<list>)", "len(<str>)", "sum([<int>, <int>])", "max(<int>, <int>)", "min([<int>, <int>])", "<int> + <int>", "<int> * 3",
            "-<int>", "abs(<int>)", "(<int> if <bool> else <int>)", "sum(1 for c in <str> if c)", "(<int> or <int>)", "(<any> or 7)", "int(<str>)",
            "<int> // 3", "<int> % 5", "next((i for i in [<int>, <int>] if i > 1), 0)", "<ints>[0]", "<ints>[-1]", "<counts>['a']", "<counts>.get(<str>, 4)"],
    "float": ["<int> / 4", "float(<int>)", "<float> * 0.5", "round(<float>, 2)", "(<float> if <bool> else 1.5)", "max(<float>, 0.25)"],
    "str": ["<str> + <str>", "f'{<int>}-{<str>}'", "f'{<float>:.2f}'", "str(<int>)", "str(<any>)", "','.join(<texts>)", "(<str> or 'none')",
            "<str>[1:]", "<str>[:2]", "<str>[::-1]", "<str>.strip().lower()", "<texts>[0]", "(<str> if <bool> else <str>)", "json.dumps(<ints>)",
            "'-'.join(sorted(<texts>))", "json.dumps(<counts>, sort_keys=True)", "f'{<any>}'", "max(<texts>)", "'|'.join(str(i) for i in <ints>)",
            "f'{<int>:>5}|{<str>:<4}'", "next((w for w in <texts> if w > <str>), '')", "<str>.replace(<str>, 'é')", "repr(<texts>)"],
    "bool": ["<int> > <int>", "<str> == <str>", "<str> in <str>", "<str> in <texts>", "<int> in <ints>", "not <list>", "not <str>", "bool(<any>)",
             "<bool> and <bool>", "<bool> or <bool>", "<any> == <any>", "<any> is None", "<ints> == <ints>", "any(i > 2 for i in <ints>)",
             "all(w for w in <texts>)", "<str> < <str>", "isinstance(<any>, str)", "isinstance(<any>, (int, list))", "1 <= <int> < 9", "<str> in <counts>",
             "<ints> < <ints>", "<counts> == <counts>", "any(w in <str> for w in <texts> if w)"],
    "ints": ["[<int>, <int>]", "[i + 1 for i in <ints>]", "[i for i in <ints> if i != <int>]", "sorted(<ints>)", "sorted(<ints>, reverse=True)", "<ints>[1:]",
             "<ints> + <ints>", "list(range(<int> % 5))", "[i * j for i in <ints> for j in [1, 2]]", "list(reversed(<ints>))", "[len(w) for w in <texts>]",
             "list(<counts>.values())", "[i + n for i, n in enumerate(<ints>)]", "[a - b for a, b in zip(<ints>, <ints>)]", "<ints>[:-1]", "<ints>[-2:]",
             "sorted(set(<ints>))", "list(map(lambda i: i * 2, <ints>))", "sorted(<ints>, key=lambda i: (i % 3, -i))"],
    "texts": ["[<str>, <str>]", "<str>.split()", "<str>.split(',')", "[w.upper() for w in <texts>]", "sorted(<texts>)", "list(<counts>)", "[*<texts>, <str>]",
              "[c for c in <str>]", "[w for w in <texts> if w and w != <str>]", "sorted(set(<texts>))", "sorted(<texts>, key=lambda w: (len(w), w))",
              "[f'{k}={v}' for k, v in <counts>.items()]", "list(filter(None, <texts>))", "<str>.splitlines()", "[str(i) for i in <ints>]"],
    "counts": ["{'a': <int>, 'b': <int>}", "{w: len(w) for w in <texts>}", "{**<counts>, 'a': <int>}", "dict(zip(<texts>, <ints>))",
               "{'a': 1, **{k: v + 1 for k, v in <counts>.items()}}", "{'a': 0} | <counts>", "{f'k{i}': i for i in <ints>}", "dict(<counts>)"],
    "any": ["{'k': <int>}['k']", "[<any>, <any>][0]", "json.loads(json.dumps(<texts>))[0]", "input['dict'].get(<str>)", "input['list'][<int> % 3]"],
}  # fmt: skip
_LEAVES = {
    "int": ["0", "1", "7", "-3", "2", "len(input['words'])"], "float": ["0.5", "2.5", "-1.25", "3.0"], "bool": ["True", "False", "input['five'] > 3"],
    "str": ["''", "'a'", "'Ab ç'", "'😀 z,b'", "' 42 '", "str(input['word'])"], "ints": ["[3, 1, 2]", "[1]", "[5, 5, -1, 0]"],
    "texts": ["['b', '', '😀', 'a']", "['10', '9']", "['\\uffee', 'z']"], "counts": ["{'a': 1, 'b': 2}", "{'b': 3, 'a': 0, '': 1}"],
    "any": ["input['five']", "input['half']", "input['none']", "input['text']", "input['list']", "input['true']", "input['zero']", "input['empty']"],
    "list": ["[1, 'a']"],
}  # fmt: skip
_KINDS = {
    "small": "int",
    "int": "int",
    "float": "float",
    "str": "str",
    "bool": "bool",
    "any": "any",
    "list": "list",
}
_HOLE = re.compile(r"<(int|float|str|bool|ints|texts|counts|any|list)>")


@cache
def _rows(kind: str) -> list[Row]:
    """The rows that give this kind, of operands that programs can make."""
    known = {*_KINDS, *OPERANDS}
    return [
        row
        for rows in TABLE.rows.values()
        for row in rows
        if isinstance(row.result, Type)
        and _KINDS.get(row.result.kind) == kind
        and not row.result.nullable
        and not row.operation.startswith((*OF_THE_SDK, "re.", "hash", "uuid"))
        and not row.operation.endswith((".now", ".utcnow", ".today"))
        and all(operand.kind in known for operand in row.operands)
        and row.operands
    ]


@dataclass
class Maker:
    """Draws one program. ``variables`` are what is defined here, by kind."""

    random: Random
    variables: dict[str, list[str]] = field(default_factory=dict)
    functions: list[tuple[str, str, str]] = field(default_factory=list)
    count: int = 0
    inside: int = 0

    def pick(self, choices: list[Any]) -> Any:
        return self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def expr(self, kind: str, depth: int = 2) -> str:
        if kind == "list":
            kind = self.pick(["ints", "texts"])
        known = self.variables.get(kind, [])
        if known and self.chance(45 if depth else 80):
            return self.pick(known)
        if depth <= 0:
            return self.pick(_LEAVES[kind])
        calls = [(name, takes) for name, takes, gives in self.functions if gives == kind]
        if calls and self.chance(20):
            name, takes = self.pick(calls)
            return f"{name}({self.expr(takes, depth - 1)})"
        rows = _rows(kind)
        if rows and self.chance(30):
            row = self.pick(rows)
            return f"({call_of(row, [self.operand(each.kind, depth - 1) for each in row.operands])})"
        shape = self.pick(SHAPES[kind])
        text = _HOLE.sub(lambda hole: self.expr(hole[1], depth - 1), shape)
        return text if shape.startswith(("[", "{", "f'")) else f"({text})"

    def operand(self, kind: str, depth: int) -> str:
        if kind in _KINDS and self.chance(60):
            return self.expr(_KINDS[kind], depth)
        return self.pick(OPERANDS.get("dict" if kind in ("map", "record") else kind, OPERANDS["any"]))

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind[0]}{self.count}"

    def block(self, size: int) -> list[str]:
        self.inside += 1
        before = {kind: list(names) for kind, names in self.variables.items()}
        lines = [line for _ in range(size) for line in self.statement()]
        self.variables = before
        self.inside -= 1
        return [f"    {line}" for line in lines] or ["    pass"]

    def statement(self) -> list[str]:
        kinds = [kind for kind in SHAPES if self.variables.get(kind)]
        simple = ["new", "new", "new", "log", "again", "append", "set", "augment"]
        wide = ["if", "for", "items", "try", "while", "counted", "enumerate"] if self.inside < 2 else []
        match self.pick([*simple, *wide]):
            case "new":
                kind = self.pick(list(SHAPES))
                value = self.expr(kind)
                name = self.name(kind)
                self.variables.setdefault(kind, []).append(name)
                return [f"{name} = {value}"]
            case "again" if kinds:
                kind = self.pick(kinds)
                return [f"{self.pick(self.variables[kind])} = {self.expr(kind)}"]
            case "augment" if self.variables.get("int"):
                return [
                    f"{self.pick(self.variables['int'])} {self.pick(['+=', '-=', '//=', '+='])} {self.expr('int', 1)}"
                ]
            case "append" if self.variables.get("texts"):
                return [f"{self.pick(self.variables['texts'])}.append({self.expr('str', 1)})"]
            case "set" if self.variables.get("counts"):
                return [
                    f"{self.pick(self.variables['counts'])}[{self.expr('str', 1)}] = {self.expr('int', 1)}"
                ]
            case "if":
                lines = [f"if {self.expr(self.pick(['bool', 'any', 'ints', 'str', 'int']))}:", *self.block(2)]
                if self.chance(30):
                    lines += [f"elif {self.expr('bool')}:", *self.block(1)]
                return [*lines, "else:", *self.block(1)] if self.chance(50) else lines
            case "for":
                kind = self.pick(["ints", "texts"])
                # a copy, so that appending in the loop does not make it endless
                copied = f"{self.pick(['list', 'sorted'])}({self.expr(kind)})"
                return self.loop(f"for @ in {copied}:", "int" if kind == "ints" else "str")
            case "counted":
                stop = self.pick(["3", "len(input['words'])", "1, 4", "4, 0, -2"])
                return self.loop(f"for @ in range({stop}):", "int")
            case "enumerate":
                return self.loop(f"for {self.name('n')}, @ in enumerate(list({self.expr('texts')})):", "str")
            case "items":
                return self.loop(f"for {self.name('k')}, @ in {self.expr('counts')}.items():", "int")
            case "while":
                name = self.name("int")
                return [f"{name} = 3", f"while {name} > 0:", f"    {name} -= 1", *self.block(2)]
            case "try":
                risky = self.pick(
                    [
                        "int(<str>)",
                        "<ints>[<int>]",
                        "<counts>[<str>]",
                        "<int> // (<int> - 1)",
                        "<texts>[<int>]",
                        "[1, 2].index(<int>)",
                    ]
                )
                kind = "str" if risky.startswith("<texts>") else "int"
                value = _HOLE.sub(lambda m: self.expr(m[1], 1), risky)
                error = self.pick(
                    [
                        "ValueError",
                        "IndexError",
                        "KeyError",
                        "ZeroDivisionError",
                        "Exception",
                        "(ValueError, LookupError)",
                    ]
                )
                lines = [f"    nango.log(str({value}))", *(self.block(1) if self.chance(50) else [])]
                lines = ["try:", *lines, f"except {error}:", *self.block(1)]
                if self.chance(30):
                    lines += ["else:", *self.block(1)]
                return lines + (["finally:", f"    nango.log({self.expr(kind)})"] if self.chance(30) else [])
        return [f"nango.log({self.expr(self.pick(['str', 'int', 'any', 'ints', 'counts', 'bool']))})"]

    def loop(self, head: str, kind: str) -> list[str]:
        name = self.name(kind)
        before = list(self.variables.get(kind, []))
        self.variables.setdefault(kind, []).append(name)
        lines = self.block(2)
        if self.chance(30):
            lines[self.pick([0, len(lines)]) : 0] = [
                f"    if {self.expr('bool')}:",
                f"        {self.pick(['break', 'continue'])}",
            ]
        self.variables[kind] = before
        return [head.replace("@", name, 1), *lines]

    def function(self) -> list[str]:
        takes, gives = self.pick(list(SHAPES)), self.pick([kind for kind in SHAPES if kind != "any"])
        name, argument = f"make{len(self.functions)}", self.name(takes)
        before, self.variables = self.variables, {takes: [argument]}
        lines = [f"def {name}({argument}):", *self.block(1)]
        if self.chance(50):
            lines += [f"    if {self.expr('bool')}:", f"        return {self.expr(gives)}"]
        lines.append(f"    return {self.expr(gives)}")
        self.variables = before
        self.functions.append((name, takes, gives))
        return lines


@st.composite
def programs(draw: Draw) -> list[str]:
    """A program as its statements, each with the lines that belong to it."""
    maker = Maker(Random(draw(st.integers(0, 2**64 - 1))))
    blocks = ["\n".join(maker.function()) for _ in range(maker.pick([0, 1, 1]))]
    blocks += ["\n".join(maker.statement()) for _ in range(maker.pick([3, 5, 7]))]
    shown = [name for kind, names in maker.variables.items() for name in names]
    return [*blocks, f"return [{', '.join(shown)}]"]


def runnable(blocks: list[str], tries: int = 12) -> tuple[Case, str, str, str] | None:
    """The program without the statements that raise or are refused: (case, result, calls, TypeScript)."""
    for _ in range(tries):
        body = "\n".join(blocks)
        case = Case(body)
        line = case.raises()
        if line is None:
            translation = case.translated()
            if translation.ok:
                return case, *case.told()[1:], translation.code
            place = translation.problems[0].place
            line = place.line if place else 0
        at = line - case.script[: case.script.index("def run_action")].count("\n") - 1
        dropped = next(
            (n for n in range(len(blocks)) if "\n".join(blocks[: n + 1]).count("\n") + 1 >= at), -1
        )
        if at <= 0 or dropped < 0:
            return None
        if dropped == len(blocks) - 1:
            names = [each for each in re.findall(r"\w+", blocks[-1]) if each != "return"]
            kept = [name for name in names if re.search(rf"^{name} = ", "\n".join(blocks[:-1]), re.M)]
            if kept == names:
                kept = kept[:-1]
            blocks = [*blocks[:-1], f"return [{', '.join(kept)}]"]
        else:
            blocks = blocks[:dropped] + blocks[dropped + 1 :]
    return None
