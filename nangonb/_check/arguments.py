"""Arguments of the nango object's methods, against its own signatures."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nangonb._check.calls import Use
from nangonb._check.finding import Finding, finding_at
from nangonb._sdk import ATTRIBUTES, METHODS, Method
from nangonb._sdk.options import RequestOptions, did_you_mean

_CODE = "sdk-arguments"


def argument(use: Use, name: str) -> ast.expr | None:
    """Return the argument of a call for the parameter ``name``, or None."""
    assert use.call is not None
    for keyword in use.call.keywords:
        if keyword.arg == name:
            return keyword.value
    method = METHODS.get(use.name)
    positional = _positional(method) if method is not None else []
    if name in positional:
        place = positional.index(name)
        before = use.call.args[: place + 1]
        if len(before) == place + 1 and not any(isinstance(each, ast.Starred) for each in before):
            return before[-1]
    return None


def faults(use: Use) -> Iterator[Finding]:
    """Yield what Python would reject in a call, at the argument."""
    call, method = use.call, METHODS.get(use.name)
    if call is None:
        return
    if use.name in ATTRIBUTES:
        yield finding_at(_CODE, f"nango.{use.name} is a value and cannot be called.", use.node, _read(use))
    if method is None:
        return
    options = [each.name for each in method.parameters]
    options += RequestOptions.__annotations__ if method.takes_options else ()
    misplaced = list(_misplaced(method, call, options))
    yield from misplaced
    given = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in options:
            yield finding_at(_CODE, f"nango.{method.name}() has no option {keyword.arg!r}.", keyword,
                        _instead(keyword.arg, options))  # fmt: skip
    if len(given) < len(call.keywords) or any(isinstance(each, ast.Starred) for each in call.args):
        return  # the items of * and ** are unknown here
    by_position = _positional(method)[: len(call.args)]
    missing = [
        each.name
        for each in method.parameters
        if each.required and each.name not in given and each.name not in by_position
    ]
    if missing and not misplaced:
        lacks = " and ".join(missing)
        yield finding_at(_CODE, f"nango.{method.name}() lacks {lacks}.", call, _example(method))


def _positional(method: Method) -> list[str]:
    return [each.name for each in method.parameters if each.by_position]


def _misplaced(method: Method, call: ast.Call, options: list[str]) -> Iterator[Finding]:
    positional = _positional(method)
    if method.takes_options and call.args and isinstance(call.args[0], ast.Dict):
        yield finding_at(
            _CODE,
            f"nango.{method.name}() takes the endpoint and keywords, not one dict.",
            call.args[0],
            f"nango.{method.name}('/contacts', params={{…}})",
        )
    if method.takes_any_number:
        return
    if len(call.args) > len(positional) and not any(isinstance(a, ast.Starred) for a in call.args):
        takes = " and ".join(positional) if positional else "keywords"
        rest = "; the rest are keywords" if positional and len(options) > len(positional) else ""
        yield finding_at(
            _CODE,
            f"nango.{method.name}() takes {takes}{' only' if not rest and positional else ''}{rest}.",
            call.args[len(positional)],
            _example(method),
        )


def _instead(name: str, options: list[str]) -> str:
    if name == "method":
        return "Use nango.proxy(…, method=…)."
    if name == "paginate":
        return "Use nango.paginate(…, paginate={…})."
    return did_you_mean(name, options).strip() or f"Options: {', '.join(options)}."


def _example(method: Method) -> str:
    """Return an example call of the method: ``nango.batch_save(records, model)``."""
    words = []
    for each in method.parameters:
        if each.required and each.by_position:
            words.append("'/contacts'" if each.name == "endpoint" else each.name)
        elif each.required:
            words.append(f"{each.name}=…")
    option = "paginate" if method.answered == "pages" else "params"
    words += [f"{option}={{…}}"] if method.takes_options else []
    return f"nango.{method.name}({', '.join(words)})"


def _read(use: Use) -> str:
    return f"Remove the parentheses: nango.{use.name}"
