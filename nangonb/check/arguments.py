"""Arguments of the nango object's methods, against its own signatures."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache

from nangonb.check.calls import Use
from nangonb.check.finding import Finding, found
from nangonb.sdk import NangoSync
from nangonb.sdk.options import RequestOptions, did_you_mean

_CODE = "sdk-arguments"
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def argument(use: Use, name: str) -> ast.expr | None:
    """What a call gives for the parameter ``name``, or None."""
    assert use.call is not None
    for keyword in use.call.keywords:
        if keyword.arg == name:
            return keyword.value
    positional = [p.name for p in parameters(use.name) if p.kind in _POSITIONAL]
    if name in positional:
        place = positional.index(name)
        before = use.call.args[: place + 1]
        if len(before) == place + 1 and not any(isinstance(each, ast.Starred) for each in before):
            return before[-1]
    return None


@cache
def parameters(method: str) -> tuple[inspect.Parameter, ...]:
    """Of a method, without ``self``; none where it is no method."""
    function = inspect.getattr_static(NangoSync, method, None)
    if not inspect.isfunction(function):
        return ()
    return tuple(inspect.signature(function).parameters.values())[1:]


def faults(use: Use) -> Iterator[Finding]:
    """What Python would refuse of a call, at the argument that is wrong."""
    call, kind = use.call, inspect.getattr_static(NangoSync, use.name, None)
    if call is None:
        return
    if isinstance(kind, property):
        yield found(_CODE, f"nango.{use.name} is a value and cannot be called.", use.node, _read(use))
    if not inspect.isfunction(kind):
        return
    known = parameters(use.name)
    named = [p.name for p in known if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    takes_options = any(p.kind is p.VAR_KEYWORD for p in known)
    options = [*named, *RequestOptions.__annotations__] if takes_options else named
    misplaced = list(_positional(use, call, known, options))
    yield from misplaced
    given = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in options:
            yield found(_CODE, f"nango.{use.name}() has no option {keyword.arg!r}.", keyword,
                        _instead(use.name, keyword.arg, options))  # fmt: skip
    if len(given) < len(call.keywords) or any(isinstance(each, ast.Starred) for each in call.args):
        return  # what * and ** hold is not known here
    positional = [p.name for p in known if p.kind in _POSITIONAL]
    missing = [
        p.name
        for p in known
        if p.default is p.empty
        and p.name in named
        and p.name not in given
        and p.name not in positional[: len(call.args)]
    ]
    if missing and not misplaced:
        lacks = " and ".join(missing)
        yield found(_CODE, f"nango.{use.name}() lacks {lacks}.", call, _example(use.name, known))


def _positional(
    use: Use, call: ast.Call, known: tuple[inspect.Parameter, ...], options: list[str]
) -> Iterator[Finding]:
    positional = [p.name for p in known if p.kind in _POSITIONAL]
    if positional[:1] == ["endpoint"] and call.args and isinstance(call.args[0], ast.Dict):
        yield found(
            _CODE,
            f"nango.{use.name}() takes the endpoint and keywords, not one dict.",
            call.args[0],
            f"nango.{use.name}('/contacts', params={{…}})",
        )
    if any(p.kind is p.VAR_POSITIONAL for p in known):
        return
    if len(call.args) > len(positional) and not any(isinstance(a, ast.Starred) for a in call.args):
        takes = " and ".join(positional) if positional else "keywords"
        rest = "; the rest are keywords" if positional and len(options) > len(positional) else ""
        yield found(
            _CODE,
            f"nango.{use.name}() takes {takes}{' only' if not rest and positional else ''}{rest}.",
            call.args[len(positional)],
            _example(use.name, known),
        )


def _instead(method: str, name: str, options: list[str]) -> str:
    if name == "method":
        return "Use nango.proxy(…, method=…)."
    if name == "paginate":
        return "Use nango.paginate(…, paginate={…})."
    return did_you_mean(name, options).strip() or f"There is: {', '.join(options)}."


def _example(method: str, known: tuple[inspect.Parameter, ...]) -> str:
    """How a call of the method looks: ``nango.batch_save(records, model)``."""
    words = []
    for each in known:
        if each.kind in _POSITIONAL and each.default is each.empty:
            words.append("'/contacts'" if each.name == "endpoint" else each.name)
        elif each.kind is each.KEYWORD_ONLY and each.default is each.empty:
            words.append(f"{each.name}=…")
    option = "paginate" if method == "paginate" else "params"
    words += [f"{option}={{…}}"] if any(each.kind is each.VAR_KEYWORD for each in known) else []
    return f"nango.{method}({', '.join(words)})"


def _read(use: Use) -> str:
    return f"Write it without parentheses: nango.{use.name}"
