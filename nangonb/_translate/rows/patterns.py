"""re: literal patterns, rewritten for JavaScript."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.arrows import arrow
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.regex import Differs, Pattern, translated
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANY, MATCH, SMALL, STR, Field, Type, join, list_of, map_of, tuple_of

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_FLAGS = {
    "re.A": re.A,
    "re.ASCII": re.A,
    "re.DOTALL": re.S,
    "re.I": re.I,
    "re.IGNORECASE": re.I,
    "re.M": re.M,
    "re.MULTILINE": re.M,
    "re.S": re.S,
    "re.VERBOSE": re.X,
    "re.X": re.X,
}


def _flags(t: FunctionTranslator, node: ast.expr) -> int:
    from nangonb._translate.calls import dotted_name

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _flags(t, node.left) | _flags(t, node.right)
    flag = _FLAGS.get(dotted_name(t, node) or "")
    if flag is None:
        raise refuse(node, "regex", "This flag is not supported.")
    return int(flag)


def _translated(node: ast.expr, text: str, flags: int) -> Pattern:
    try:
        return translated(text, flags)
    except Differs as differs:
        raise refuse(node, "regex", str(differs)) from None
    except re.error as error:
        raise refuse(node, "regex", f"This is not a valid pattern: {error}.") from None


def _pattern(t: FunctionTranslator, node: ast.expr, flags: int) -> tuple[Pattern, Expr]:
    """Return a literal or compiled pattern."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = _translated(node, node.value, flags)
        return found, Expr(found.literal, Type("pattern"), code.PRIMARY, pure=True)
    value = t.expr(node)
    if value.type.kind != "pattern" or not value.type.name or flags:
        raise refuse(node, "regex", "A computed pattern is not supported.", "Write it as a literal.")
    return _of_type(node, value.type), value


def _of_type(node: ast.expr, kind: Type) -> Pattern:
    flags, _, text = kind.name.partition(":")
    return _translated(node, text, int(flags))


def _compile(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    flags = _given(node, ("pattern", "flags"))
    if not isinstance(flags.get("pattern"), ast.Constant):
        raise refuse(node, "regex", "A computed pattern is not supported.", "Write it as a literal.")
    number = _flags(t, flags["flags"]) if "flags" in flags else 0
    _, value = _pattern(t, flags["pattern"], number)
    kind = Type("pattern", name=f"{number}:{ast.literal_eval(flags['pattern'])}")
    return Expr(value.code, kind, code.PRIMARY)


def _given(node: ast.Call, names: Sequence[str]) -> dict[str, ast.expr]:
    if len(node.args) > len(names) or any(k.arg not in names for k in node.keywords):
        raise refuse(node, "keyword", f"This call takes {', '.join(f'`{name}`' for name in names)}.")
    return dict(zip(names, node.args, strict=False)) | {k.arg or "": k.value for k in node.keywords}


def _text(t: FunctionTranslator, node: ast.expr) -> Expr:
    value = t.expr(node)
    if value.type.kind not in ("str", "any") or value.type.nullable:
        raise refuse(node, "type", f"A pattern matches text, not `{value.type}`.")
    if value.type.kind == "any":  # JavaScript would convert anything to text
        return Expr(f"{t.helper('textOnly')}({value.code})", STR, code.CALL, awaits=value.awaits)
    return value


def _anchored(t: FunctionTranslator, pattern: Pattern, value: Expr, helper: str) -> str:
    """Return the pattern for the start only, or for the whole text."""
    if value.code != pattern.literal:
        return f"{t.helper(helper)}({value.code})"
    end = "$" if helper == "wholeText" else ""
    return f"/^(?:{pattern.source}){end}/u"


def _everywhere(t: FunctionTranslator, pattern: Pattern, value: Expr) -> str:
    return (
        f"{pattern.literal}g" if value.code == pattern.literal else f"{t.helper('everywhere')}({value.code})"
    )


Emit = Callable[["FunctionTranslator", ast.Call, Pattern, Expr, dict[str, ast.expr]], Expr]


def _matched(helper: str) -> Emit:
    def emit(
        t: FunctionTranslator, node: ast.Call, pattern: Pattern, value: Expr, given: dict[str, ast.expr]
    ) -> Expr:
        text = _text(t, given["string"])
        shown = _anchored(t, pattern, value, helper) if helper else value.code
        return Expr(f"{shown}.exec({text.code})", match_type(pattern).optional, code.CALL, awaits=text.awaits)

    return emit


def match_type(pattern: Pattern) -> Type:
    """Return the type of a match, with whether each group is always present."""
    parts = (STR, *(STR if always else STR.optional for always in pattern.groups))
    fields = {name: Field(parts[number]) for name, number in pattern.names.items()}
    shown = ", ".join(f"{name} {number}" for name, number in pattern.names.items())
    return Type(
        "match", parts=parts, fields=fields, name=f"match with {len(parts) - 1} groups {shown}".strip()
    )


def _find_all(
    t: FunctionTranslator, node: ast.Call, pattern: Pattern, value: Expr, given: dict[str, ast.expr]
) -> Expr:
    text = _text(t, given["string"])
    count = len(pattern.groups)
    kind = list_of(STR if count <= 1 else tuple_of(*[STR] * count))
    if count == 0:
        shown = f"{text.at(code.CALL)}.match({_everywhere(t, pattern, value)}) ?? []"
        return Expr(shown, kind, code.NULLISH, awaits=text.awaits)
    return Expr(f"{t.helper('findAll')}({value.code}, {text.code})", kind, code.CALL, awaits=text.awaits)


def _substitute(
    t: FunctionTranslator, node: ast.Call, pattern: Pattern, value: Expr, given: dict[str, ast.expr]
) -> Expr:
    by, text = given["repl"], _text(t, given["string"])
    if isinstance(by, ast.Constant) and isinstance(by.value, str):
        shown = code.string(_replacement(by, pattern, by.value))
        places = _everywhere(t, pattern, value)
        return Expr(f"{text.at(code.CALL)}.replace({places}, {shown})", STR, code.CALL, awaits=text.awaits)
    function = arrow(t, by, [match_type(pattern)], keyword="repl")
    if function.type.kind not in ("str", "any"):
        raise refuse(by, "type", "The function of `re.sub()` must return text.")
    shown = f"{t.helper('replaceMatches')}({value.code}, {function.code}, {text.code})"
    return Expr(shown, STR, code.CALL, awaits=text.awaits)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def _replacement(node: ast.expr, pattern: Pattern, text: str) -> str:
    r"""``\1`` → ``$1``, ``\g<name>`` → ``$<name>``; ``$`` is escaped."""

    def part(match: re.Match[str]) -> str:
        if match[0] == "$":
            return "$$"
        name = match["name"] or match["number"]
        if name is None:
            if match["other"] not in _ESCAPES:
                raise refuse(node, "regex", f"`\\{match['other']}` in a replacement is not supported.")
            return _ESCAPES[match["other"]]
        if not name.isdecimal():
            if name not in pattern.names:
                raise refuse(node, "regex", f"There is no group `{name}`.")
            return f"$<{name}>"
        number = int(name)
        if number > len(pattern.groups) or number > 99 or (match["number"] and name.startswith("0")):
            raise refuse(node, "regex", f"There is no group `{name}`.")
        return f"${number:02d}" if number else "$&"

    shape = r"\$|\\(?:g<(?P<name>\w+)>|(?P<number>\d{1,2})|(?P<other>.))"
    return re.sub(shape, part, text, flags=re.DOTALL)


def _split(
    t: FunctionTranslator, node: ast.Call, pattern: Pattern, value: Expr, given: dict[str, ast.expr]
) -> Expr:
    if pattern.least == 0:
        raise refuse(
            node, "regex", "Splitting by a pattern that may match an empty text differs in JavaScript."
        )
    text = _text(t, given["string"])
    shown = f"{text.at(code.CALL)}.split({value.code})"
    if not all(pattern.groups):
        raise refuse(node, "regex", "Splitting by groups that may be absent is not supported.")
    return Expr(shown, list_of(STR), code.CALL, awaits=text.awaits)


_FUNCTIONS: dict[str, tuple[tuple[str, ...], Emit]] = {
    "search": (("string",), _matched("")),
    "match": (("string",), _matched("atStart")),
    "fullmatch": (("string",), _matched("wholeText")),
    "findall": (("string",), _find_all),
    "sub": (("repl", "string"), _substitute),
    "split": (("string",), _split),
}


def _register(name: str, arguments: tuple[str, ...], emit: Emit) -> None:
    def function(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
        names = (
            "pattern",
            *arguments,
            *(("flags",) if name in ("search", "match", "fullmatch", "findall") else ()),
        )
        keywords = {k.arg for k in node.keywords}
        given = _given(node, names if "flags" not in keywords or "flags" in names else (*names, "flags"))
        if not {"pattern", *arguments} <= set(given):
            raise refuse(node, "keyword")
        flags = _flags(t, given["flags"]) if "flags" in given else 0
        pattern, value = _pattern(t, given["pattern"], flags)
        return emit(t, node, pattern, value, given)

    def method(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
        given = _given(node, arguments)
        if set(given) != set(arguments):
            raise refuse(node, "keyword")
        kind = receiver[0].type
        if not kind.name:
            raise refuse(node, "regex", "The pattern is unknown here.", "Use the constant itself.")
        return emit(t, node, _of_type(node, kind), receiver[0], given)

    SPECIAL[f"re.{name}"] = function
    SPECIAL[f"pattern.{name}"] = method


for _name, (_arguments, _emit) in _FUNCTIONS.items():
    _register(_name, _arguments, _emit)
SPECIAL["re.compile"] = _compile


def group(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``match.group(1)``, ``match["name"]``."""
    match, which = operands[0], operands[1] if len(operands) > 1 else None
    kind = match.type
    if not kind.parts:
        raise refuse(node, "regex", "The pattern of this match is unknown here.")
    number: object = 0 if which is None else which.literal if which.is_literal else None
    if isinstance(number, str) and number in kind.fields:
        found = kind.fields[number].type
        text = f"{match.at(code.CALL)}.groups!{code.member('', number)}"
        text = text if "[" in text else f"{match.at(code.CALL)}.groups!['{number}']"
    elif isinstance(number, int) and 0 <= number < len(kind.parts):
        found = kind.parts[number]
        text = f"{match.at(code.CALL)}[{number}]"
    else:
        raise refuse(node, "regex", "The pattern has no such group.")
    if found.nullable:
        return Expr(f"{text} ?? null", found, code.NULLISH, awaits=match.awaits)
    # TypeScript's type of exec() always has element 0
    return Expr(text if number == 0 else f"{text}!", found, code.CALL, awaits=match.awaits, pure=match.pure)


def _groups(operands: Sequence[Expr]) -> Type:
    return tuple_of(*operands[0].type.parts[1:])


TABLE.add("match.group", ((MATCH,), STR, group), ((MATCH, SMALL), ANY, group), ((MATCH, STR), ANY, group))
TABLE.add("match.groups", ((MATCH,), _groups, "groupsOf({0})"))
TABLE.add(
    "match.groupdict",
    ((MATCH,), lambda o: map_of(join([f.type for f in o[0].type.fields.values()])), "namedGroups({0})"),
)
TABLE.add("match.start", ((MATCH,), SMALL, "matchStart({0})"))
TABLE.add("match.end", ((MATCH,), SMALL, "matchEnd({0})"))
