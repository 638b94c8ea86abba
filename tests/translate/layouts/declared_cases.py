"""Types of fields × values: functions that return a model whose one field has that type."""

from __future__ import annotations

from nangonb._project import Project
from tests.translate.layouts.making import project

FIELDS: tuple[str, ...] = (
    "f: string",
    "f: number",
    "f: boolean",
    "f: string | null",
    "f: number | null",
    "f: string[]",
    "f: number[]",
    "f: string[] | null",
    "f: date",
    "f: date | null",
    "f: date[]",
    "f: home | work",
    "f: home | work | null",
    "f: any",
    "f: object",
    "f: array",
    "f: Ref",
    "f: Ref | null",
    "f: Ref[]",
    "f: {city: string}",
    "f: {city: string, zip?: number}",
    "f: [string, number]",
    "f: string | number",
    "f: Ref | string",
    "f: Tree",
    "f: Dynamic",
    "f: true",
    "f: 5",
    "f: bigint",
    "f: void",
    "f: string | undefined",
    "f?: string",
    "f?: string | null",
    "f?: date",
    "f?: Ref",
)
VALUES: tuple[str, ...] = (
    "None",
    '"x"',
    '"home"',
    "3",
    "5",
    "1.5",
    "True",
    "[]",
    '["a"]',
    "[1]",
    '[{"city": "x"}]',
    "{}",
    '{"city": "x"}',
    '{"city": None}',
    '{"city": "x", "zip": 1}',
    '{"name": "x", "more": {"name": "y", "more": None}}',
    '{"name": "x", "more": {"name": None}}',
    'r["x"]',
    'r.get("x")',
    'str(r["x"])',
    'int(r["x"])',
    '"x" if r["a"] else None',
    '"home" if r["a"] else "work"',
    "kind_of(r)",
    "KIND",
    '[i["x"] for i in r["xs"]]',
    '[str(i) for i in r["xs"]]',
    '[str(i) for i in s["texts"]]',
    '[{"city": i} for i in s["texts"]]',
    '[{"city": i, "zip": 3} for i in s["texts"]]',
    '[{"city": 1} for i in s["texts"]]',
    's["text"]',
    's["maybe"]',
    's["maybe"] or ""',
    's["num"]',
    's["flag"]',
    's["texts"]',
    's["texts"] or None',
    's["when"]',
    's.get("when")',
    's["whens"]',
    's["opt"]',
    's.get("opt")',
    's.get("opt", "")',
    's["kind"]',
    's["mixed"]',
    's["thing"]',
    's["things"]',
    's["ref"]',
    's["refs"]',
    's["inner"]',
    's["inner"]["city"]',
    's["tree"]',
    's["tree"]["name"]',
    "datetime.now(timezone.utc)",
    "datetime.now(timezone.utc).isoformat()",
    "{**r}",
    '{**r, "city": None}',
    '{**s["ref"]}',
    '{**s["ref"], "city": None}',
    '{**s["ref"], "zip": 1}',
    '{"city": s["maybe"]}',
    '{"city": s["text"]} if r["a"] else None',
    "f\"{s['num']}\"",
    'len(s["texts"])',
    's["num"] + 1',
    's["num"] > 1',
    'not s["flag"]',
)
MODELS = """\
  Ref:
    city: string
  Tree:
    name: string
    more?: Tree | null
  Dynamic:
    __string: string
  Source:
    id: string
    text: string
    maybe: string | null
    num: number
    flag: boolean
    texts: string[]
    when: date
    whens: date[]
    opt?: string
    kind: home | work
    mixed: string | number
    thing: object
    things: array
    ref: Ref
    refs: Ref[]
    inner: {city: string}
    tree: Tree
"""
HEAD = """\
from datetime import datetime, timezone
from nangonb.models import Source{names}

KIND = "home"


def kind_of(r: dict):
    kind = "home" if r["a"] else "work"
    return kind


def start(r: dict):
    return r


"""


def yaml() -> str:
    models = "".join(f"  M{n}:\n    id: string\n    {field}\n" for n, field in enumerate(FIELDS))
    return (
        "%%nango_yaml\nintegrations:\n  crm:\n    syncs:\n      cases:\n        runs: every hour\n"
        f"        output: Source\n        endpoint: GET /cases\nmodels:\n{MODELS}{models}"
    )


def functions() -> str:
    """A function for each case; ``case2x7`` is the third field with the eighth value."""
    names = "".join(f", M{n}" for n in range(len(FIELDS)))
    made = [
        f'def case{f}x{v}(r: dict, s: Source) -> M{f}:\n    return {{"id": "1", "f": {value}}}\n\n\n'
        for f in range(len(FIELDS))
        for v, value in enumerate(VALUES)
    ]
    made += [
        f'def none{f}(r: dict, s: Source) -> M{f}:\n    return {{"id": "1"}}\n\n\n'
        for f in range(len(FIELDS))
    ]
    return HEAD.format(names=names) + "".join(made)


SYNC = """\
%%nango_sync cases
from nangonb.modules.cases import start


def fetch_data(nango):
    nango.batch_save([start({"id": "1"})], "Source")
"""


def cases(text: str) -> Project:
    """A project of a module ``cases`` and a sync that imports it."""
    return project(SYNC, f"%%nango_module cases\n{text}", yaml=yaml())
