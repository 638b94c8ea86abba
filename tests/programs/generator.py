"""Whole scripts in Python, made at random: what names mean over time, and who sees a change.

Names are few, so that they are assigned again, shadowed by loops and comprehensions, bound by ``:=``,
captured and shared: two names for one list, parts of what comes from outside, containers below others. Loops
break off and go on. Nothing here knows what translates the scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

#: Kinds of values with the names that hold them; ``any`` may hold anything.
NAMES: dict[str, list[str]] = {
    "int": ["n", "i", "count", "page"],
    "str": ["s", "key", "word"],
    "bool": ["found", "more"],
    "ints": ["xs", "ys", "nums"],
    "strs": ["words", "tags", "labels"],
    "dict": ["d", "counts"],  # text → int
    "groups": ["groups", "by_key"],  # text → list of int
    "row": ["row", "entry"],  # {"id": int, "tags": list of text}
    "rows": ["rows", "items"],
    "any": ["v", "last", "item"],
}
#: What comes from outside: the result of the same calls in both languages.
INPUT = {
    "n": 3, "zero": 0, "one": 1, "s": "ab", "word": "b", "empty": "", "none": None, "yes": True,
    "xs": [3, 1, 2], "ys": [2, 5], "nothing": [], "words": ["a", "b", "c"], "tags": ["b", "d"],
    "d": {"a": 1, "b": 2}, "no_keys": {}, "groups": {"a": [1], "b": [2, 3]},
    "row": {"id": 1, "tags": ["a"]}, "rows": [{"id": 1, "tags": ["a"]}, {"id": 2, "tags": []}],
    "mixed": [1, "a", None, [2]],
}  # fmt: skip
#: Values of a kind; <kind> is an expression of that kind, @kind a name that holds one.
_VALUES: dict[str, list[str]] = {
    "int": ["0", "1", "2", "len(<ints>)", "len(<strs>)", "<int> + 1", "<int> - <int>", "<int> % 5", "max(<int>, <int>)",
            "@dict.get(<str>, 0)", "sum(<ints>)", "(<int> if <bool> else <int>)", "@row['id']", "len(@groups)", "abs(<int>)",
            "sum(i for i in <ints>)", "len([w for w in <strs> if w == <str>])", "(@any if isinstance(@any, int) else 4)"],
    "str": ["'a'", "'b'", "'c'", "<str>[:2] + 'x'", 'f"{<int>}-{<str>[:3]}"', "str(<int>)", "(<str> or 'z')", "','.join(<strs>)[:5]",
            "<str>.upper()[:4]", "(<str> if <bool> else <str>)", "next((w for w in <strs> if w > <str>), 'none')", "'ab'[<int> % 2]"],
    "bool": ["<int> > <int>", "<str> == <str>", "<int> in <ints>", "<str> in <strs>", "<str> in @dict", "not <bool>", "<bool> and <bool>",
             "<bool> or <bool>", "not <ints>", "bool(<strs>)", "@any is None", "@any == <int>", "isinstance(@any, str)", "len(<ints>) > 2",
             "any(i > 1 for i in <ints>)", "<ints> == <ints>", "@rows == []"],
    "ints": ["[]", "[1, 2]", "[<int>, <int>]", "<ints> + [<int>]", "[i + 1 for i in <ints>]", "[n for n in <ints> if n > <int>]", "<ints>[1:]",
             "sorted(<ints>)", "list(<ints>)", "list(range(<int> % 4))", "@groups.get(<str>, [])", "@groups.setdefault(<str>, [])", "<ints>[:2]",
             "list(@dict.values())", "[i * j for i in <ints>[:2] for j in [1, 2]]", "[len(word) for word in <strs>]", "(<ints> or [7])",
             "(<ints> if <bool> else <ints>)", "[row['id'] for row in @rows]", "@ints", "@ints", "sorted(<ints>, key=lambda i: (i % 2, -i))",
             "[n := i for i in <ints>]", "list(map(lambda i: i + <int>, <ints>))"],
    "strs": ["[]", "['b', 'a']", "[<str>, <str>]", "<strs> + [<str>]", "[s + 'y' for s in <strs>[:2]]", "sorted(set(<strs>))", "list(<strs>)",
             "@row['tags']", "@row.get('tags', [])", "list(@dict)", "list(@groups)", "[w for w in <strs> if w != <str>]", "<strs>[:2]", "@strs", "@strs",
             "[word for row in @rows for word in row['tags']]", "(<strs> if <bool> else <strs>)", "@row.setdefault('tags', [])"],
    "dict": ["{}", "{'a': <int>, 'b': <int>}", "dict(@dict)", "{k: v + 1 for k, v in @dict.items()}", "{**@dict, 'c': <int>}", "{s: <int> for s in <strs>}",
             "@dict", "{w: len(w) for w in <strs>}", "{k: len(v) for k, v in @groups.items()}"],
    "groups": ["{}", "{'a': <ints>, 'b': []}", "{'k': <ints>}", "@groups", "{s: [] for s in <strs>}", "dict(@groups)", "{s: <ints> for s in <strs>[:2]}"],
    "row": ["{'id': <int>, 'tags': <strs>}", "{'id': <int>, 'tags': []}", "@row", "{**@row, 'id': <int>}", "dict(@row)",
            "(@rows[0] if @rows else {'id': 0, 'tags': []})", "next((row for row in @rows if row['id'] == <int>), {'id': 9, 'tags': []})"],
    "rows": ["[]", "[@row]", "[@row, @row]", "[row for row in @rows if row['id'] > <int>]", "list(@rows)", "@rows", "[{**row, 'id': <int>} for row in @rows]",
             "sorted(@rows, key=lambda row: -row['id'])", "@rows[:2]"],
    "any": ["None", "<int>", "<str>", "@ints", "@row", "@any", "@strs", "(@any or <int>)", "input['mixed'][<int> % 4]", "{'k': <int>}['k']"],
}  # fmt: skip
#: Where nothing else is at hand.
_LEAVES = {
    "int": ["0", "1", "2", "input['n']", "input['zero']"], "str": ["'a'", "'b'", "input['word']", "input['empty']"],
    "bool": ["True", "False", "input['yes']"], "ints": ["[1, 2]", "[3]", "input['xs']", "input['ys']", "input['nothing']"],
    "strs": ["['a', 'b']", "input['words']", "input['tags']"], "dict": ["{'a': 1}", "input['d']", "input['no_keys']"],
    "groups": ["{'a': [1]}", "input['groups']"], "row": ["{'id': 5, 'tags': ['a']}", "input['row']", "input['rows'][0]"],
    "rows": ["input['rows']", "[{'id': 7, 'tags': []}]"], "any": ["None", "input['mixed'][1]", "input['none']"],
}  # fmt: skip
#: Statements of one line; ?kind is a name that is assigned, new or not.
_SIMPLE = [
    "?int = <int>", "?str = <str>", "?bool = <bool>", "?ints = <ints>", "?strs = <strs>", "?dict = <dict>", "?groups = <groups>", "?row = <row>",
    "?rows = <rows>", "?any = <any>", "?ints = @ints", "?strs = @strs", "?rows = @rows", "?row = @row", "?dict = @dict", "?any = @ints", "?any = @any",
    "@int += <int>", "@int -= 1", "@int += 1", "@int *= 2", "@int //= 2", "@int %= 7", "@str += 'x'", "@str = @str[:3] + <str>[:2]", "@ints += [<int>]",
    "@ints += <ints>[:2]", "@ints += input['ys']", "@strs += [<str>]", "@strs += <strs>[:2]", "@strs += 'xy'", "@ints = @ints + [<int>]",
    "@ints.append(<int>)", "@ints.extend(<ints>[:2])", "@ints.insert(0, <int>)", "@ints.sort()", "@ints.reverse()", "@ints.clear()", "@strs.append(<str>)",
    "@ints.pop()", "@ints.remove(<int>)", "@ints[0] = <int>", "@ints[-1] += <int>", "@ints[0] += 1", "@dict[<str>] = <int>", "@dict['a'] += <int>",
    "@dict[<str>] = @dict.get(<str>, 0) + 1", "@dict.update(<dict>)", "@dict.pop(<str>, None)", "del @dict[<str>]", "@dict.setdefault(<str>, <int>)",
    "@groups.setdefault(<str>, []).append(<int>)", "@groups.setdefault(<str>, @ints)", "@groups[<str>] = <ints>", "@groups[<str>] = @ints",
    "@groups['a'] += [<int>]", "@groups['a'].append(<int>)", "@row['id'] = <int>", "@row['id'] += 1", "@row['tags'] = <strs>", "@row['tags'] = @strs",
    "@row['tags'].append(<str>)", "@row['tags'] += [<str>]", "@row.update({'id': <int>})", "@rows.append(@row)", "@rows.append(<row>)", "@rows += [@row]",
    "@rows[0]['id'] += 1", "@rows[0]['tags'].append(<str>)", "@rows[0] = @row", "?ints = ?ints = []", "?int = ?int = <int>", "?int, ?int = <int>, <int>",
    "@int, @int = @int, @int", "@ints, @ints = @ints, @ints", "?str, ?int = <str>, <int>", "?any, ?any = @any, @any", "?any = ?any = <any>",
    "?int = (?int := <int>) + 1", 'nango.log(f"{<int>} {<str>}")', "nango.log(str(<int>), ','.join(<strs>))", "nango.log(<str>)",
    "?ints = @groups.setdefault(<str>, [])\n@ints += [<int>]", "?strs = @row['tags']\n@strs += [<str>]", "?any = @any\n?any = @row['tags']\n@any += ['z']",
    '?int = nango.get(f"/{<int>}").status', "?str = nango.get('/' + <str>).data['endpoint']", "?ints = [nango.get(f'/{i}').status + i for i in <ints>[:2]]",
]  # fmt: skip
#: Heads of loops.
_LOOPS = [
    "for ?int in range(<int> % 4):", "for ?int in range(3):", "for ?int in range(1, 4):", "for ?int in range(<int> % 4, 0, -1):", "for ?int in @ints:",
    "for ?int in <ints>:", "for ?str in @strs:", "for ?str in <strs>:", "for ?str in @dict:", "for ?str in @groups:", "for ?str in <str>:",
    "for ?row in @rows:", "for ?row in <rows>:", "for ?int, ?int in enumerate(<ints>, 1):", "for ?int, ?str in enumerate(@strs):",
    "for ?int, ?row in enumerate(@rows, 1):", "for ?str, ?int in @dict.items():", "for ?str, ?ints in @groups.items():", "for ?int in @dict.values():",
    "for ?ints in @groups.values():", "for ?str in @dict.keys():", "for ?int, ?str in zip(<ints>, <strs>):", "for ?int in reversed(<ints>):",
    "for ?str in sorted(<strs>):", "for ?any in input['mixed']:", "for ?any in [<any>, <any>]:", "for ?any in @ints:", "for ?any in @rows:",
    "for ?int, ?int in [(<int>, <int>), (1, 2)]:", "for ?int in [<int>, <int>]:", "for ?str in sorted(@dict):", "for ?str, ?any in @row.items():",
    "for (?str, ?int), ?int in [((<str>, 1), 2), (('q', <int>), 3)]:", "for ?strs in [<strs>, @strs]:", "for ?ints in [@ints, @ints]:",
]  # fmt: skip
_WHILES = [
    "while <bool>:", "while @int < <int> + 3:", "while (?int := @int + 1) < 4:", "while @ints:", "while (?int := len(@ints)) > 1:", "while True:",
    "while @int > 0 and (?int := @int - 1) > 0:", "while not <bool>:",
]  # fmt: skip
_TESTS = [
    "<bool>", "<bool>", "<ints>", "@any", "@any is not None", "(?int := <int>) > 1", "(?ints := @groups.get(<str>)) is not None", "<str>", "not @rows",
    "<bool> and (?str := <str>) != 'a'", "@any is None or <bool>", "<int> == <int>", "<int>",
]  # fmt: skip
_RISKY = [
    "?int = @dict[<str>]", "?int = @ints[<int>]", "?int = int(<str>)", "?int = <int> // <int>", "?str = @strs[<int>]", "?ints = @groups[<str>]",
    "@ints.remove(<int>)", "?int = @ints.index(<int>)", "@dict[<str>] += 1", "@ints[<int>] += 1", "?any = @row[<str>]", "del @dict[<str>]",
]  # fmt: skip
_ERRORS = [
    "KeyError",
    "IndexError",
    "ValueError",
    "ZeroDivisionError",
    "LookupError",
    "Exception",
    "(ValueError, LookupError)",
]
_HOLE = re.compile(r"([<@?])(int|str|bool|ints|strs|dict|groups|row|rows|any)\b>?")
#: Loops that end whatever their body does: they go through what is made for them.
_ENDS = re.compile(r"^for .* in (?:range\(|sorted\(|\[)")
FUEL = 6  # turns that a loop takes at most


@dataclass
class Node:
    """A statement: its lines, and a block below the last one. ``more`` are further parts: elif, else, except."""

    head: str
    body: list[Node] | None = None
    more: list[Node] = field(default_factory=list)

    def lines(self, depth: int = 0) -> Iterator[tuple[str, Node]]:
        """Each line with the statement that it is one of. A handler is none by itself: try needs it."""
        for line in self.head.split("\n"):
            yield "    " * depth + line, self
        for each in self.body or ():
            yield from each.lines(depth + 1)
        if self.body == [] and not self.head.startswith("return"):
            yield "    " * (depth + 1) + "pass", self
        for part in self.more:
            for line, each in part.lines(depth):
                yield line, self if each is part and part.head.startswith("except") else each

    def without(self, gone: list[Node]) -> Node:
        """The same without some of the statements below it."""
        if not gone:
            return self
        body = None if self.body is None else [n.without(gone) for n in self.body if not _is_in(n, gone)]
        return Node(self.head, body, [each.without(gone) for each in self.more if not _is_in(each, gone)])


def _is_in(node: Node, nodes: list[Node]) -> bool:
    return any(node is each for each in nodes)


@dataclass
class Program:
    """The body of ``run_action(nango, input)``."""

    nodes: list[Node]

    @property
    def source(self) -> str:
        return "\n".join(["def run_action(nango, input):", *(line for line, _ in self._lines())]) + "\n"

    def without(self, lines: Collection[int]) -> Program | None:
        """The program without the statements in these lines of ``source``; None where nothing is left out.

        What is returned at the end is one statement a name.
        """
        nodes = [node for _, node in self._lines()]
        last = self.nodes[-1]
        gone = [nodes[line - 2] for line in lines if 2 <= line <= len(nodes) + 1]
        gone = [each for each in gone if each is not last and each is not last.more[0]]
        kept = [each.without(gone) for each in self.nodes if not _is_in(each, gone)]
        return Program(kept) if gone else None

    def _lines(self) -> Iterator[tuple[str, Node]]:
        for node in self.nodes:
            yield from node.lines(1)


@dataclass
class Maker:
    """Draws one program. ``bound`` are names that hold something here, by kind; ``maybe`` those that may."""

    random: Random
    bound: dict[str, set[str]] = field(default_factory=dict)
    maybe: dict[str, set[str]] = field(default_factory=dict)
    functions: list[tuple[str, list[str], str | None]] = field(default_factory=list)
    depth: int = 0
    loops: int = 0
    in_loop: bool = False
    in_function: str | None = None

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def program(self) -> Program:
        nodes = [self._function() for _ in range(self.random.choice([0, 1, 1, 2]))]
        for kind in self.random.sample(list(NAMES), 6):
            nodes.append(self._simple(f"?{kind} = <{kind}>"))
        for _ in range(self.random.choice([3, 4, 6, 8])):
            nodes += self.statement()
        names = sorted({name for names in self.bound.values() for name in names})
        shown = [Node(f"'{name}': {name},") for name in names]
        return Program([*nodes, Node("return {", shown, [Node("    'input': input,\n}")])])

    # Names and expressions

    def _known(self, kind: str) -> list[str]:
        known = sorted(self.bound.get(kind, ()))
        if self.chance(6):
            known += sorted(self.maybe.get(kind, ()))
        return known

    def value(self, kind: str, depth: int = 2) -> str:
        known = self._known(kind)
        if known and self.chance(40 if depth > 0 else 75):
            return self.random.choice(known)
        if depth <= 0 or self.chance(20):
            return self.random.choice(_LEAVES[kind])
        made = [each for each in self.functions if each[2] == kind]
        if made and self.chance(25):
            return self._call(self.random.choice(made), depth - 1)
        text = self.random.choice(_VALUES[kind])
        filled = self.fill(text, depth - 1)
        return filled if text[0] in "[{('\"" or filled.isidentifier() else f"({filled})"

    def fill(self, text: str, depth: int = 2) -> str:
        """The template with its places filled. What it assigns is bound afterwards, as the order has it."""
        assigned: list[tuple[str, str]] = []

        def place(match: re.Match[str]) -> str:
            mark, kind = match[1], match[2]
            if mark == "<":
                return self.value(kind, depth)
            if mark == "@":
                known = self._known(kind)
                return self.random.choice(known) if known else self.random.choice(_LEAVES[kind])
            taken = {name for _, name in assigned}
            name = self.random.choice([each for each in NAMES[kind] if each not in taken])
            assigned.append((kind, name))
            return name

        filled = _HOLE.sub(place, text)
        for kind, name in assigned:
            self.bind(kind, name)
        return filled

    def bind(self, kind: str, name: str) -> None:
        self.bound.setdefault(kind, set()).add(name)

    def _call(self, function: tuple[str, list[str], str | None], depth: int) -> str:
        name, takes, _ = function
        return f"{name}({', '.join(self.value(kind, depth) for kind in takes)})"

    # Statements

    def statement(self) -> list[Node]:
        wide: list[Callable[[], list[Node]]] = [self._if, self._for, self._for, self._while, self._try]
        if self.depth < 3 and self.chance(45):
            return self.random.choice(wide)()
        silent = [each for each in self.functions if each[2] is None]
        if silent and self.chance(15):
            return [Node(self._call(self.random.choice(silent), 1))]
        if self.depth < 2 and self.in_function is None and self.chance(4):
            return [self._function()]
        return [self._simple(self.random.choice(_SIMPLE))]

    def _simple(self, text: str) -> Node:
        for kind in re.findall(r"@(\w+)", text) if text[0] == "@" else ():
            if not self.bound.get(kind):  # there is nothing to change yet
                text = f"?{kind} = <{kind}>"
                break
        return Node("\n".join(self.fill(line) for line in text.split("\n")))

    def block(self, size: int, *, sure: bool = False) -> list[Node]:
        """``sure``: whatever is bound in it is so afterwards, too."""
        with self._inside(sure=sure):
            return [node for _ in range(size) for node in self.statement()]

    @contextmanager
    def _inside(self, *, sure: bool = False) -> Iterator[None]:
        before = {kind: set(names) for kind, names in self.bound.items()}
        self.depth += 1
        yield
        self.depth -= 1
        for kind, names in self.bound.items() if not sure else ():
            self.maybe.setdefault(kind, set()).update(names - before.get(kind, set()))
        if not sure:
            self.bound = before

    def _size(self) -> int:
        return self.random.choice([1, 1, 2, 3])

    def _if(self) -> list[Node]:
        node = Node(f"if {self.fill(self.random.choice(_TESTS))}:", self._leaving(self.block(self._size())))
        if self.chance(25):
            node.more.append(Node(f"elif {self.fill(self.random.choice(_TESTS))}:", self.block(1)))
        if self.chance(45):
            node.more.append(Node("else:", self.block(self._size())))
        return [node]

    def _leaving(self, block: list[Node]) -> list[Node]:
        if self.in_loop and self.chance(30):
            return [*block, Node(self.random.choice(["break", "continue"]))]
        if self.depth and self.chance(4):
            gives = self.in_function if self.in_function is not None else "any"
            return [*block, Node(f"return {self.value(gives)}" if gives else "return")]
        return block

    def _for(self) -> list[Node]:
        return self._loop(self.random.choice(_LOOPS))

    def _while(self) -> list[Node]:
        return self._loop(self.random.choice(_WHILES))

    def _loop(self, head: str) -> list[Node]:
        self.loops += 1
        fuel = f"turns{self.loops}"
        with self._inside():
            opened = self.fill(head)
            was, self.in_loop = self.in_loop, True
            body = [node for _ in range(self._size()) for node in self.statement()]
            if self.chance(45):
                leave = Node(
                    f"if {self.value('bool')}:", [Node(self.random.choice(["break", "break", "continue"]))]
                )
                body.insert(self.random.randrange(len(body) + 1), leave)
            self.in_loop = was
        if _ENDS.match(opened) and self.chance(70):
            return [Node(opened, body)]
        guard = [Node(f"{fuel} += 1"), Node(f"if {fuel} > {FUEL}:", [Node("break")])]
        return [Node(f"{fuel} = 0"), Node(opened, [*guard, *body])]

    def _try(self) -> list[Node]:
        risky = self._simple(self.random.choice(_RISKY))
        node = Node("try:", [risky, *(self.block(1) if self.chance(50) else [])])
        node.more.append(
            Node(f"except {self.random.choice(_ERRORS)}:", self._leaving(self.block(self._size())))
        )
        if self.chance(20):
            node.more.append(Node("else:", self.block(1)))
        if self.chance(20):
            node.more.append(Node("finally:", self.block(1)))
        return [node]

    def _function(self) -> Node:
        """A function that changes what it is given, and may read what is around it."""
        takes = self.random.choices([kind for kind in NAMES if kind != "any"], k=self.random.choice([1, 2]))
        gives = self.random.choice([None, *(kind for kind in NAMES if kind != "any")])
        name = f"make{len(self.functions)}{self.depth}"
        outer = self.bound, self.maybe, self.in_loop, self.functions
        self.bound = {kind: set(names) for kind, names in self.bound.items()} if self.chance(40) else {}
        self.maybe, self.in_loop, self.functions = {}, False, list(self.functions)
        self.in_function = gives or ""
        parameters: list[str] = []
        for kind in takes:
            free = [each for each in NAMES[kind] if each not in parameters]
            parameters.append(self.random.choice(free))
            self.bind(kind, parameters[-1])
        body = [self._simple(self.random.choice(_SIMPLE)) for _ in range(self.random.choice([1, 2, 3]))]
        body += self._leaving(self.block(1, sure=True)) if self.chance(60) else []
        if gives is not None:
            body.append(Node(f"return {self.value(gives)}"))
        self.bound, self.maybe, self.in_loop, self.functions = outer
        self.in_function = None
        self.functions.append((name, takes, gives))
        return Node(f"def {name}({', '.join(parameters)}):", body)


def program(seed: int) -> Program:
    """The program of a number: the same one always."""
    return Maker(Random(seed)).program()
