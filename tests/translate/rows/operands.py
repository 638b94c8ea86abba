"""For each row of the table: expressions that use it, made of operands of its types."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from nangonb._translate.table import Row
from nangonb._translate.types import Type
from tests.translate.rows.cases import INPUT

#: Expressions whose static type is known, with the values at the edges.
OPERANDS: dict[str, list[str]] = {
    "small": ["0", "3", "-2", "len(input['numbers'])"],
    "int": ["int('7')", "int('-12')", "int('0')", "int(' 9007199254740991')"],
    "float": ["2.5", "-0.5", "float('3')", "float(input['tiny'])", "0.0", "-2.675"],
    "number": ["round(input['half'], 1)", "(input['five'] + 0)", "(input['minus'] * 3)"],
    "json-number": ["abs(input['half'])", "abs(input['minus'])", "abs(input['zero'])"],
    "bool": ["True", "(1 > 2)"],
    "str": ["''", "'Ab ç 😀 z'", "'a'", "str(input['digits'])", "'a,b,,c'", "'\\uffee\\n'"],
    "list": ["[1, 2, 2]", "['b', '😀', 'a']", "[x for x in input['list']]", "[[2], [1]]", "list(input['nothing'])"],
    "tuple": ["(1, 'a')", "('a', 'Ab')"],
    "dict": ["{'a': 1, 'b': 2}", "dict(input['dict'])", "{str(w): w for w in input['words']}", "dict(input['no_keys'])"],
    "set": ["{'a', 'b'}", "{1, 2}", "{w for w in input['words']}"],
    "bytes": ["'ç😀'.encode()", "''.encode()", "base64.b64decode('/+8=')"],
    "datetime": [
        "datetime.fromisoformat('2024-02-29T23:59:59.123456+05:30')", "datetime(2024, 1, 1, tzinfo=timezone.utc)",
        "datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)", "datetime.fromisoformat(input['moment'])",
        "datetime(2024, 1, 1, 5)",
    ],
    "date": ["date(2024, 2, 29)", "date.fromisoformat(input['day'])", "datetime(2025, 1, 1, tzinfo=timezone.utc).date()"],
    "timedelta": ["timedelta(days=1, seconds=1)", "timedelta(microseconds=-1)", "timedelta(hours=input['five'])", "timedelta()"],
    "timezone": ["timezone.utc", "timezone(timedelta(hours=-3, minutes=-30))"],
    "hash": ["hashlib.sha256('ç'.encode())", "hmac.new('k'.encode(), 'm'.encode(), hashlib.sha1)", "hashlib.md5()"],
    "url-parts": [
        "urllib.parse.urlsplit('HTTPS://u:p@Ex.com:8080/a b/?q=1&q=#f')", "urllib.parse.urlparse('/only/path?x=%20y')",
        "urllib.parse.urlsplit(input['word'])",
    ],
    "match": ["re.search(r'(?P<n>b)(x)?', 'ab😀b')", "re.fullmatch(r'(a)(?P<n>.)', 'ab')", "re.match('a*', 'caab')"],
    "any": [f"input[{name!r}]" for name in INPUT],
}  # fmt: skip
#: What can stand for a type that takes anything.
ANYTHING = ["0", "1", "'a'", "2.5", "None", "True", "[1, 'a']", "{'a': 1}", "input['text']", "input['one']", "input['true']",
            "input['list']", "input['dict']", "input['none']", "str(input['word'])"]  # fmt: skip
_OPERATORS = {"+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "|", "&"}
#: Families of rows whose first operand is the receiver.
_RECEIVERS = {
    "str",
    "list",
    "dict",
    "set",
    "datetime",
    "date",
    "timedelta",
    "bytes",
    "hash",
    "match",
    "uuid",
    "url-parts",
}
#: What the nango object gives, which other tests compare.
OF_THE_SDK = ("nango.", "response.", "http-error.", "action-error.", "fetch-response.")
MOST = 10


def expressions(row: Row) -> Iterator[str]:
    """Bodies of actions that use ``row``; a fixed choice where there are many."""
    pools = [_pool(kind) for kind in row.operands]
    chosen = list(itertools.product(*pools))
    if len(chosen) > MOST:
        chosen = random.Random(row.operation).sample(chosen, MOST)
    for operands in chosen:
        yield _body(row, list(operands))


def _pool(kind: Type) -> list[str]:
    return OPERANDS.get("dict" if kind.kind in ("map", "record") else kind.kind, ANYTHING)


def _body(row: Row, operands: list[str]) -> str:
    kind = row.result.kind if isinstance(row.result, Type) else ""
    if row.operation == "hash.update":
        return f"value = {operands[0]}\nvalue.update({operands[1]})\nreturn value.digest().hex()"
    if row.operation.endswith((".now", ".utcnow", "uuid4")):
        return f"bool({call_of(row, operands)})"
    if kind == "none":
        return f"value = {operands[0]}\n{call_of(row, ['value', *operands[1:]])}\nreturn {_shown(operands[0], 'value')}"
    if row.operation in ("|", "&", "-") and row.operands[0].kind == "set":
        kind = "set"
    if row.operation == "dict.keys":
        return f"list({call_of(row, operands)})"
    return shown(kind, call_of(row, operands))


def _shown(operand: str, name: str) -> str:
    return f"sorted({name})" if operand in OPERANDS["set"] else name


def call_of(row: Row, operands: list[str]) -> str:
    name = row.operation
    if name in _OPERATORS:
        return f"({operands[0]}) {name} ({operands[1]})"
    if name == "[]":
        return f"({operands[0]})[{operands[1]}]"
    if name == "[::-1]":
        return f"({operands[0]})[::-1]"
    if name.endswith(":attribute"):
        return f"({operands[0]}).{name.removesuffix(':attribute').split('.')[1]}"
    family, _, method = name.partition(".")
    kinds = {"map", "record", "dict"} if family == "dict" else {family}
    if family in _RECEIVERS and row.operands and row.operands[0].kind in kinds and "." not in method:
        return f"({operands[0]}).{method}({', '.join(operands[1:])})"
    name = name.removeprefix("datetime.") if name.startswith("datetime.") else name
    if not row.operands and name in ("math.pi", "timezone.utc", "UTC"):
        return name
    return f"{name}({', '.join(operands)})"


def shown(kind: str, text: str) -> str:
    """An expression whose result is JSON, so that it can be compared."""
    match kind:
        case "set":
            return f"sorted({text})"
        case "bytes":
            return f"({text}).hex()"
        case "datetime":
            return f"({text}).isoformat()"
        case "date":
            return f"({text}).isoformat()"
        case "timedelta":
            return f"({text}).total_seconds()"
        case "timezone":
            return f"datetime(2024, 1, 1, tzinfo={text}).isoformat()"
        case "hash":
            return f"({text}).hexdigest()"
        case "url-parts":
            return f"({text}).path"
    return text
