"""bytes for base64 and hashes; ids."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANY, BOOL, BYTES, HASH, NONE, SMALL, STR, UUID

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_ENCODINGS = {"utf-8": "utf8", "utf8": "utf8", "ascii": "ascii"}


def _encode(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    _encoding(node, operands)
    text = f"Buffer.from({operands[0].code}, 'utf8')"
    return Expr(text, BYTES, code.CALL, awaits=operands[0].awaits)


def _decode(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    _encoding(node, operands)
    value = operands[0]
    ascii_text = re.fullmatch(r"Buffer\.from\((.*)\)", value.code, re.DOTALL)
    if ascii_text and _is_base64(ascii_text[1]):
        return Expr(ascii_text[1], STR, code.CALL, awaits=value.awaits)
    return Expr(f"{t.helper('decodeText')}({value.code})", STR, code.CALL, awaits=value.awaits)


def _is_base64(text: str) -> bool:
    return text.endswith(".toString('base64')") or text.startswith("toUrlBase64(")


def _encoding(node: ast.expr, operands: Sequence[Expr]) -> None:
    if len(operands) > 1 and _ENCODINGS.get(str(operands[1].literal).lower()) is None:
        raise refuse(node, "keyword", "Only the encoding UTF-8 is supported.")


TABLE.add("str.encode", ((STR,), BYTES, _encode), ((STR, STR), BYTES, _encode), keywords=("encoding",))
TABLE.add("bytes.decode", ((BYTES,), STR, _decode), ((BYTES, STR), STR, _decode), keywords=("encoding",))
TABLE.add("bytes.hex", ((BYTES,), STR, "{0:CALL}.toString('hex')"))
TABLE.add("len", ((BYTES,), SMALL, "{0:CALL}.length"))
TABLE.add("+", ((BYTES, BYTES), BYTES, "Buffer.concat([{0}, {1}])"))
for _sign, _mark in (("==", ""), ("!=", "!")):
    # before the row for ANYTHING
    TABLE.first(_sign, ((BYTES, BYTES), BOOL, f"{_mark}{{0:CALL}}.equals({{1}})", code.UNARY))

for _name in ("b64encode", "standard_b64encode"):
    TABLE.add(f"base64.{_name}", ((BYTES,), BYTES, "Buffer.from({0:CALL}.toString('base64'))"))
TABLE.add("base64.urlsafe_b64encode", ((BYTES,), BYTES, "Buffer.from(toUrlBase64({0}))"))
for _kind in (STR, BYTES):
    for _name in ("b64decode", "standard_b64decode"):
        TABLE.add(f"base64.{_name}", ((_kind,), BYTES, "fromBase64({0})"))
    TABLE.add("base64.urlsafe_b64decode", ((_kind,), BYTES, "fromUrlBase64({0})"))
for _name in ("b64decode", "standard_b64decode"):
    TABLE.add(f"base64.{_name}", ((ANY,), BYTES, "fromBase64(textOnly({0}))"))
TABLE.add("base64.urlsafe_b64decode", ((ANY,), BYTES, "fromUrlBase64(textOnly({0}))"))

for _name in ("md5", "sha1", "sha256", "sha512"):
    TABLE.add(
        f"hashlib.{_name}",
        ((), HASH, f"crypto.createHash('{_name}')"),
        ((BYTES,), HASH, f"crypto.createHash('{_name}').update({{0}})"),
    )


def _digest(encoding: str) -> Sequence[object]:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        value = operands[0]
        kept = ""
        if value.pure and value.code.isidentifier():  # Python may update it further, or read it twice
            if value.type.name == "hmac":
                raise refuse(
                    node,
                    "unknown-method",
                    "Keeping an HMAC in a variable is not supported.",
                    "Write one expression: `hmac.new(key, text, hashlib.sha256).hexdigest()`.",
                )
            kept = ".copy()"
        text = f"{value.code}{kept}.digest({encoding})"
        return Expr(text, STR if encoding else BYTES, code.CALL, awaits=value.awaits)

    return (HASH,), STR if encoding else BYTES, emit


TABLE.add("hash.update", ((HASH, BYTES), NONE, "{0:CALL}.update({1})"))
TABLE.add("hash.hexdigest", tuple(_digest("'hex'")))
TABLE.add("hash.digest", tuple(_digest("")))


def _hmac(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``hmac.new(key, message, hashlib.sha256)``; the hash may also be a text."""
    names = ("key", "msg", "digestmod")
    given = dict(zip(names, node.args, strict=False)) | {k.arg or "**": k.value for k in node.keywords}
    if set(given) != set(names):
        raise refuse(node, "keyword", "`hmac.new()` takes `key`, `msg` and `digestmod`.")
    key, message = t.expr(given["key"]), t.expr(given["msg"])
    if {key.type.kind, message.type.kind} != {"bytes"}:
        raise refuse(node, "type", "`hmac.new()` takes bytes.", "Use `text.encode()`.")
    mode = given["digestmod"]
    name = mode.value if isinstance(mode, ast.Constant) else _hash_name(t, mode)
    if name not in ("md5", "sha1", "sha256", "sha512"):
        raise refuse(mode, "unknown-name", "The supported hashes are `md5`, `sha1`, `sha256` and `sha512`.")
    return Expr(
        f"crypto.createHmac('{name}', {key.code}).update({message.code})",
        replace(HASH, name="hmac"),
        code.CALL,
    )


def _hash_name(t: FunctionTranslator, node: ast.expr) -> str:
    from nangonb._translate.calls import dotted_name

    return (dotted_name(t, node) or "").removeprefix("hashlib.")


SPECIAL["hmac.new"] = _hmac
for _pair in ((STR, STR), (STR, ANY), (ANY, STR)):
    TABLE.add("hmac.compare_digest", (_pair, BOOL, "sameSecret({0}, {1})"))
TABLE.add("hmac.compare_digest", ((BYTES, BYTES), BOOL, "{0:CALL}.equals({1})"))

TABLE.add("uuid.uuid4", ((), UUID, "crypto.randomUUID()"))
TABLE.add("uuid.hex:attribute", ((UUID,), STR, "{0:CALL}.replaceAll('-', '')"))
