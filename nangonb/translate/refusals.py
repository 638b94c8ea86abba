"""What the translator refuses: each with a code, a reason, and what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of refusal. ``reason`` says why it cannot be carried over, ``instead`` what to write."""

    code: str
    reason: str
    instead: str


class Refused(Exception):
    """A construct that is not carried over, at ``node``."""

    def __init__(self, node: ast.AST, refusal: Refusal, message: str = "", instead: str = "") -> None:
        super().__init__(message or refusal.reason)
        self.node = node
        self.refusal = refusal
        self.message = message or refusal.reason
        self.instead = instead or refusal.instead


def _make(*rows: tuple[str, str, str]) -> dict[str, Refusal]:
    return {code: Refusal(f"ts-{code}", reason, instead) for code, reason, instead in rows}


REFUSALS = _make(
    (
        "import",
        "This import does not exist on Nango.",
        "Use the nango object, and the modules that are carried over: "
        "base64, collections, datetime, hashlib, hmac, json, math, re, typing, urllib.parse, uuid.",
    ),
    ("module", "This module cell is not there.", "Run its cell, or write one: %%nango_module PATH"),
    ("model", "This model is not declared.", "Declare it in nango.yaml."),
    (
        "model-field",
        "This does not fit the model or the annotation, and TypeScript would refuse it.",
        "Change the value, or the field in nango.yaml.",
    ),
    (
        "unknown-name",
        "This name is not carried over.",
        "Define it in this cell or import it from a module cell.",
    ),
    ("unknown-call", "This call is not carried over.", "Use another function, or write it out."),
    ("unknown-method", "This method is not carried over.", "Use another method, or write it out."),
    (
        "type",
        "What this does depends on a type that is not known here.",
        "Annotate the variable or parameter.",
    ),
    ("operator", "This operator is not carried over for these types.", "Convert the operands first."),
    ("statement", "This statement is not carried over.", "Write it with if, for, while, try and functions."),
    ("expression", "This expression is not carried over.", "Write it out in simpler steps."),
    ("class", "Classes are not carried over.", "Use functions and dicts; declare models in nango.yaml."),
    (
        "async",
        "async and await are not carried over.",
        "Write a plain def: requests run one after the other.",
    ),
    ("yield", "Generators are not carried over.", "Return a list."),
    ("with", "with is not carried over.", "Call functions directly."),
    ("global", "global and nonlocal are not carried over.", "Pass values in and return them."),
    ("decorator", "Decorators are not carried over.", "Call the function directly."),
    ("match", "match is carried over for literals only.", "Use if and elif."),
    (
        "mutable-default",
        "A mutable default is shared between calls in Python, and not on Nango.",
        "Use None as default and make the value inside.",
    ),
    (
        "closure",
        "A function that uses a variable which changes later would see another value on Nango.",
        "Pass the value as an argument.",
    ),
    (
        "changed-while-iterating",
        "Changing a container while iterating over it differs on Nango.",
        "Collect the changes in a new list.",
    ),
    ("set-order", "A set has no order; iterating over it differs on Nango.", "Iterate over sorted(…)."),
    ("dict-key", "Keys of a dict must be strings.", "Use str(key)."),
    ("naive-datetime", "A datetime without a time zone differs on Nango.", "Use datetime.now(timezone.utc)."),
    ("is", "is compares identity.", "Use ==; is is fine with None, True and False."),
    (
        "foreign-error-text",
        "The text of an error differs on Nango.",
        "Read status, data or message of an HTTPError, or raise nango.ActionError with your own text.",
    ),
    (
        "except",
        "This exception does not exist on Nango.",
        "Catch HTTPError, nango.ActionError, Exception, KeyError, IndexError, ValueError, TypeError "
        "or ZeroDivisionError.",
    ),
    (
        "overflow",
        "This number may pass 2^53, where JavaScript loses digits.",
        "Keep it as text, or check its size.",
    ),
    ("float-text", "A float shows as 2.0 in Python and as 2 on Nango.", 'Format it: f"{value:.2f}".'),
    (
        "lazy-sdk-call",
        "A call of the nango object inside a lazy generator runs at another time on Nango.",
        "Use a list comprehension or a loop.",
    ),
    ("keyword", "This argument is not carried over.", "Leave it out, or write it out in steps."),
    ("regex", "This pattern means something else in JavaScript.", "Write it with simpler parts."),
    ("not-json", "This value is no JSON.", "Convert it to text, numbers, lists and dicts."),
    (
        "newer",
        "This is newer than the layout nango-yaml: its CLI does not know it.",
        "Export or deploy it with --layout zero-yaml.",
    ),
    ("sdk", "The nango object has no such method.", "See the SDK reference in the docs."),
    (
        "bug",
        "The translator fails here: this is a bug in nangonb.",
        "Write it in another way, and report the bug with this line.",
    ),
)


def refuse(node: ast.AST, code: str, message: str = "", instead: str = "") -> Refused:
    return Refused(node, REFUSALS[code], message, instead)


def bug(node: ast.AST, error: Exception) -> Refused:
    """The refusal of what the translator fails at."""
    if isinstance(error, RecursionError):
        return refuse(node, "expression", "This is nested too deep, or too long.")
    reason = REFUSALS["bug"].reason.removesuffix(".")
    return refuse(node, "bug", f"{reason} ({type(error).__name__}).")


@contextmanager
def refusing_bugs(node: ast.AST) -> Iterator[None]:
    """An error of the translator becomes a refusal at ``node``."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise bug(node, error) from error
