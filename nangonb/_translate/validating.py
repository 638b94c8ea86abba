"""``nango.zod_validate_input``: the schema is that of a model, which the file contains."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.arguments import Given, called, json_value
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.types import BOOL, NONE, Field, record_of
from nangonb.errors import nearest


def zod_validate_input(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    """Translate the call. The validated input has the model's type from here on."""
    if "zod_schema" not in given:
        raise refuse(node, "keyword", "`nango.zod_validate_input` requires `zod_schema`.")
    model = _model(t, given["zod_schema"])
    value = Expr("null", NONE) if "input" not in given else json_value(t, given["input"])
    parts = [f"zodSchema: {model}", code.pair("input", value)]
    kind = record_of({"success": Field(BOOL), "data": Field(t.script.models[model])})
    return Expr(called("zodValidateInput", [code.object_literal(parts)]), kind, code.UNARY, awaits=True)


def _model(t: FunctionTranslator, node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as name):
            pass
        case ast.Name(id=id) if id in t.script.imports.models and id not in t.env:
            name = t.script.imports.models[id]
        case ast.Dict():
            raise refuse(
                node, "model", "A JSON Schema in the script is not supported.",
                'Declare a model in nango.yaml and write `zod_schema="Contact"`.',
            )  # fmt: skip
        case _:
            raise refuse(
                node,
                "type",
                "`zod_schema` must be a model, by its name or type.",
                'Write `zod_schema="Contact"`.',
            )
    if name not in t.script.models:
        match = nearest(name, t.script.models)
        raise refuse(
            node, "model", f"There is no model `{name}`.", f"Did you mean `{match}`?" if match else ""
        )
    return name
