"""The rules of Nango's CLI for scripts, applied to Python; and unknown attributes of the nango object."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nangonb._check.arguments import argument, faults
from nangonb._check.calls import ParsedScript, Use
from nangonb._check.finding import ALL, NONE, Finding, finding_at
from nangonb._check.order import order
from nangonb._project import ZERO_YAML
from nangonb._sdk import ATTRIBUTES, METHODS, NangoAction, NangoSync
from nangonb._sdk.misnamed import no_attribute
from nangonb._sdk.names import snake_case
from nangonb.errors import nearest

_SYNC_ONLY = frozenset(each.name for each in (*ATTRIBUTES.values(), *METHODS.values()) if each.sync_only)


def sdk_findings(script: ParsedScript, models: Sequence[str], declared: Sequence[str]) -> Iterator[Finding]:
    """``models`` are the output models of the script, ``declared`` all models of nango.yaml.

    Models are not checked where ``models`` is empty: the output is not declared yet.
    """
    misnamed: set[int] = set()
    for use in script.uses:
        attribute = _attribute(script, use)
        if attribute is not None:
            yield attribute
            continue
        method = METHODS.get(use.name)
        if method is not None and method.replaced_by:
            yield _deprecated(use, method.replaced_by)
        if use.call is not None:
            yield from faults(use)
            of_model = list(_model(use, script, models, declared))
            misnamed.update(use.node.lineno for _ in of_model)
            yield from of_model
            yield from _retry_on(use)
    yield from order(script, misnamed)
    for node in script.returns if script.kind == "sync" else ():
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield finding_at(
                "sync-returns-value",
                f"{script.entry} must not return a value. A sync saves its records with nango.batch_save.",
                node,
                "Remove the value, or the `return`.",
            )


def _attribute(script: ParsedScript, use: Use) -> Finding | None:
    """Check that the nango object of this kind of script has the attribute."""
    name, snake = use.name, snake_case(use.name)
    in_sync = script.kind == "sync" or (script.kind == "module" and use.type_name != "NangoAction")
    if not in_sync and snake in _SYNC_ONLY:
        kind = {"action": "an action script", "on-event": "an on-event script"}.get(script.kind)
        place = kind or "a function that takes a NangoAction"
        what = f"nango.{name}() calls are" if use.call is not None else f"nango.{name} is"
        return finding_at(
            "sync-only",
            f"{what} not allowed in {place}.",
            use.node,
            "Annotate the parameter with `NangoSync`, or remove the call."
            if kind is None
            else _for_sync(script),
        )
    if name.startswith("__") or hasattr(NangoSync, name):
        return None
    message, _, hint = no_attribute(NangoSync if in_sync else NangoAction, name).partition(". ")
    return finding_at("unknown-attribute", message.rstrip(".") + ".", use.node, hint)


def _for_sync(script: ParsedScript) -> str:
    return "Return a value, or make it a sync." if script.kind == "action" else "Make it a sync."


def _deprecated(use: Use, better: str) -> Finding:
    call = "()" if use.call is not None else ""
    return finding_at(
        "deprecated",
        f"nango.{use.name}{call} is deprecated.",
        use.node,
        f"Use nango.{better}{call} instead.",
        NONE,
    )


def _model(
    use: Use, script: ParsedScript, models: Sequence[str], declared: Sequence[str]
) -> Iterator[Finding]:
    method = METHODS.get(use.name)
    if not models or method is None or not any(each.name == "model" for each in method.parameters):
        return
    given = argument(use, "model")
    names = ", ".join(models)
    match given:
        case ast.Constant(value=str(name)) if name not in models:
            close = nearest(name, models)
            hint = f"Did you mean {close!r}?" if close else ""
            if name in declared:
                message = f"{name!r} is not an output model of this script. Its output models are: {names}."
                yield finding_at(
                    "unknown-model", message, given, hint or f"Add it to the output: [{names}, {name}]",
                    frozenset({ZERO_YAML}),
                )  # fmt: skip
            else:
                message = f"{name!r} is not a valid model name. The possible model names are: {names}."
                yield finding_at("unknown-model", message, given, hint)
        case ast.Name(id=name) if name in script.models:
            message = f"nango.{use.name}() takes the name of the model, not the type."
            yield finding_at("unknown-model", message, given, f'Write "{name}".')


def _retry_on(use: Use) -> Iterator[Finding]:
    assert use.call is not None
    given = {
        keyword.arg: keyword.value
        for keyword in use.call.keywords
        if not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
    }
    if "retry_on" in given and "retries" not in given and None not in given:
        yield finding_at(
            "retry-on-without-retries",
            "retry_on should not be used if retries is not set.",
            given["retry_on"],
            "Add the number of retries: `retries=3`.",
            ALL,
        )
