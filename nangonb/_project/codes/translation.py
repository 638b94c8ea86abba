"""What the translation from Python to TypeScript rejects.

``title`` is the message where a place in the translator gives none, and ``fix`` the hint.
"""

from __future__ import annotations

from nangonb._project.codes.code import Code


def _refusal(name: str, title: str, fix: str, body: str, *covers: str, head: str = "") -> Code:
    """``body`` is that of an action, ``head`` what comes above it."""
    head = f"{head}\n\n" if head else ""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    example = f"%%nango_action find\n{head}def run_action(nango, input):\n{lines}"
    return Code(f"ts-{name}", "error", title, "", example, fix, covers=frozenset(covers))


CODES = (
    _refusal(
        "import",
        "The import is not available in Nango.",
        "Use the nango object, and the supported modules: base64, collections, datetime, hashlib, hmac, json, "
        "math, re, typing, urllib.parse, uuid.",
        'return requests.get("https://example.com").json()',
        "unused-import",
        head="import requests",
    ),
    _refusal(
        "module",
        "The module cell is not declared.",
        "Run its cell, or write one: %%nango_module PATH",
        "return mapped(input)",
        "unused-import",
        head="from nangonb.modules.helpers import mapped",
    ),
    _refusal(
        "model",
        "The model is not declared.",
        "Declare it in nango.yaml.",
        'return {"id": "1"}',
        "unused-import",
        head="from nangonb.models import Invoice",
    ),
    _refusal(
        "model-field",
        "The value does not match the model or the annotation, so that TypeScript rejects it.",
        "Change the value, or the field in nango.yaml.",
        'size = {"width": 1}\nreturn size["height"]',
    ),
    _refusal(
        "unknown-name",
        "The name is not supported.",
        "Define it in this cell or import it from a module cell.",
        "return __name__",
    ),
    _refusal(
        "unknown-call",
        "The call is not supported.",
        "Use another function, or write the steps out.",
        "return open('contacts.csv')",
    ),
    _refusal(
        "unknown-method",
        "The method is not supported.",
        "Use another method, or write the steps out.",
        "return 'name'.swapcase()",
    ),
    _refusal(
        "type",
        "The result depends on a type that is unknown here.",
        "Annotate the variable or parameter.",
        "return input.pop()",
    ),
    _refusal(
        "operator",
        "The operator is not supported for these types.",
        "Convert the operands first.",
        "return [1, 2] * 2.5",
    ),
    _refusal(
        "statement",
        "The statement is not supported.",
        "Use if, for, while, try and functions.",
        "assert input\nreturn input",
    ),
    _refusal(
        "expression",
        "The expression is not supported.",
        "Split it into simpler steps.",
        "pages = zip([1], [2])\nreturn list(pages)",
    ),
    _refusal(
        "class",
        "Classes are not supported.",
        "Use functions and dicts; declare models in nango.yaml.",
        "class Contact:\n    pass\nreturn 1",
    ),
    _refusal(
        "async",
        "async and await are not supported.",
        "Write a plain def: requests run one after the other.",
        "return await nango.get('/contacts')",
    ),
    _refusal(
        "yield",
        "Generators are not supported.",
        "Return a list.",
        "def pages():\n    yield 1\nreturn list(pages())",
    ),
    _refusal(
        "with",
        "with is not supported.",
        "Call functions directly.",
        "with input as contact:\n    return contact",
    ),
    _refusal(
        "global",
        "global and nonlocal are not supported.",
        "Pass values in and return them.",
        "count = 0\ndef add():\n    nonlocal count\n    count = 1\nadd()\nreturn count",
    ),
    _refusal(
        "decorator",
        "Decorators are not supported.",
        "Call the function directly.",
        "return first()",
        head="def logged(function):\n    return function\n\n@logged\ndef first():\n    return 1",
    ),
    _refusal(
        "match",
        "match is supported for literals only.",
        "Use if and elif.",
        'match input:\n    case {"id": 1}:\n        return 1\nreturn 2',
    ),
    _refusal(
        "mutable-default",
        "A mutable default is shared between calls in Python, but not in Nango.",
        "Use None as default and create the value inside.",
        "return added()",
        head="def added(items=[]):\n    return items",
    ),
    _refusal(
        "closure",
        "A function uses a variable that changes later, and sees another value in Nango.",
        "Pass the value as an argument.",
        "limit = 1\ndef first():\n    return limit\nlimit = 2\nreturn first()",
    ),
    _refusal(
        "changed-while-iterating",
        "Changing a container while iterating over it behaves differently in Nango.",
        "Collect the changes in a new list.",
        "ids = [1, 2]\nfor each in ids:\n    ids.append(each)\nreturn ids",
    ),
    _refusal(
        "set-order",
        "A set has no order; iterating over it gives another order in Nango.",
        "Iterate over sorted(…).",
        "return list({'a', 'b'})",
    ),
    _refusal("dict-key", "Keys of a dict must be strings.", "Use str(key).", "return {1: 'a'}"),
    _refusal(
        "naive-datetime",
        "A datetime without a time zone differs in Nango.",
        "Use datetime.now(timezone.utc).",
        "return datetime.now().isoformat()",
        head="from datetime import datetime",
    ),
    _refusal(
        "is",
        "is compares identity.",
        "Use ==; is is valid with None, True and False.",
        "return input is 'all'",
        "python-slip",
    ),
    _refusal(
        "foreign-error-text",
        "The text of an error differs in Nango.",
        "Read status, data or message of an HTTPError, or raise nango.ActionError with your own text.",
        "try:\n    return int(input)\nexcept ValueError as error:\n    return str(error)",
    ),
    _refusal(
        "except",
        "The exception does not exist in Nango.",
        "Catch HTTPError, nango.ActionError, Exception, KeyError, IndexError, ValueError, TypeError "
        "or ZeroDivisionError.",
        "try:\n    return input\nexcept OSError:\n    return None",
    ),
    _refusal(
        "overflow",
        "The number may exceed 2^53, where JavaScript loses digits.",
        "Keep it as text, or check its size.",
        "return 9007199254740993",
    ),
    _refusal(
        "float-text",
        "A float is formatted as 2.0 in Python and as 2 in Nango.",
        'Format it: f"{value:.2f}".',
        "return str(5 / 2)",
    ),
    _refusal(
        "lazy-sdk-call",
        "A call of the nango object inside a lazy generator runs at another time in Nango.",
        "Use a list comprehension or a loop.",
        "def status(path):\n    return nango.get(path).status\nreturn list(map(status, ['/contacts']))",
    ),
    _refusal(
        "keyword",
        "The argument is not supported.",
        "Remove it, or write the steps out.",
        "return list(zip([1], [2], strict=True))",
    ),
    _refusal(
        "regex",
        "The pattern has another meaning in JavaScript.",
        "Simplify the pattern.",
        "return re.split('x*', input['text'])",
        head="import re",
    ),
    _refusal(
        "not-json",
        "The value is not JSON.",
        "Convert it to text, numbers, lists and dicts.",
        "return {'a'}",
    ),
    _refusal(
        "newer",
        "This is not available in the layout nango-yaml: its CLI is older.",
        "Export or deploy it with --layout zero-yaml.",
        "return nango.get_checkpoint()",
    ),
    _refusal(
        "sdk",
        "The nango object has no such method.",
        "See the SDK reference in the docs.",
        "nango.batch_save([], 'Contact')\nreturn 1",
    ),
    Code(
        "ts-bug",
        "error",
        "The translator fails here: this is a bug in nangonb.",
        "",
        "# any line",
        "Write it in another way, and report the bug with this line.",
        untested="no such line is known",
    ),
)
