"""One model, two verdicts: ours on records (the JSON schema of the CLI), and that of the zod schema."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nangonb._project.nango_yaml import Checked, check, model_schema
from nangonb._records.validate import Validator
from nangonb._translate.zod import schemas
from tests.interop.npm import NpmError, install, node

HOST = """
import * as z from %s;
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
    const { code, name, values } = JSON.parse(line);
    try {
        const schema = new Function('z', `${code}\\nreturn ${name};`)(z);
        console.log(JSON.stringify(values.map((value) => schema.safeParse(value).success)));
    } catch (error) {
        console.log(JSON.stringify(String(error)));
    }
}
"""
#: Where the two differ, and why: our rule → what zod does. docs/nango-yaml.md has the table.
DIFFERENT = {"additionalProperties": "drops fields that are too many", "required": "takes any for absent"}

SCALARS = [
    "string",
    "number",
    "boolean",
    "bigint",
    "any",
    "object",
    "array",
    "date",
    "null",
    "5",
    "home",
    "A",
    "B",
]
TEXTS = ["", "home", "work", "x", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.123+02:00", "2024-01-02"]
NAMES = ["a", "b", "c"]
words = st.sampled_from(SCALARS)
types = st.recursive(
    st.one_of(
        words,
        words.map(lambda word: f"{word}[]"),
        st.lists(words, min_size=2, max_size=3).map(" | ".join),
        st.sampled_from([True, False, None, 3, 1.5]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2),
        st.dictionaries(st.sampled_from([*NAMES, "a?", "b?"]), inner, min_size=1, max_size=2),
    ),
    max_leaves=3,
)
fields = st.dictionaries(st.sampled_from([*NAMES, "a?", "b?", "__string"]), types, min_size=1, max_size=3)
extending = st.tuples(fields, st.booleans()).map(
    lambda pair: {**pair[0], **({"__extends": "A"} if pair[1] else {})}
)
models = st.fixed_dictionaries({"A": fields, "B": extending, "M": extending})
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.sampled_from([0, 3, 5, 1.5, -1]), st.sampled_from(TEXTS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from([*NAMES, "d"]), inner, max_size=3)
    ),
    max_leaves=5,
)


class Zod:
    """One Node process for all schemas."""

    def __init__(self) -> None:
        module = install() / "node_modules" / "zod" / "index.js"
        self._process = subprocess.Popen(
            [node(), "--input-type=module", "-e", HOST % json.dumps(module.as_uri())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def verdicts(self, checked: Checked, name: str, records: list[Any]) -> list[bool]:
        code = "\n".join(line.text for _, lines in schemas(checked.models, [name]) for line in lines)
        code = code.replace("(): z.ZodType<any> =>", "() =>")  # what is TypeScript in it
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"code": code, "name": name, "values": records}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        found: list[bool] = json.loads(answer)
        assert isinstance(found, list), (found, code)
        return found

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def zod() -> Iterator[Zod]:
    try:
        install()
    except NpmError as error:
        pytest.skip(str(error))
    host = Zod()
    yield host
    host.close()


def project(models: Any) -> Checked:
    script = {"runs": "every day", "output": "M", "endpoint": "GET /m"}
    return check({"integrations": {"crm": {"syncs": {"s": script}}}, "models": models})


def ours(checked: Checked, name: str, record: Any) -> set[str]:
    """The rules that a record breaks."""
    validator = Validator(model_schema(checked, name))
    validator.check([record], ["1"])
    return {violation.rule for violation in validator.summary.rows}


def compared(zod: Zod, models: Any, records: list[Any]) -> None:
    checked = project(models)
    if "M" not in checked.models:
        return
    for record, fits in zip(records, zod.verdicts(checked, "M", records), strict=True):
        broken = ours(checked, "M", record)
        assert fits == (not broken) or (fits and broken <= DIFFERENT.keys()), (models, record, broken, fits)


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


@given(models=models, records=st.lists(values, min_size=3, max_size=6))
@_settings(100)
def test_verdicts_agree(zod: Zod, models: Any, records: list[Any]) -> None:
    compared(zod, models, records)


@pytest.mark.interop
@given(models=models, records=st.lists(values, min_size=3, max_size=8))
@_settings(1000)
def test_many_verdicts_agree(zod: Zod, models: Any, records: list[Any]) -> None:
    compared(zod, models, records)


@pytest.mark.parametrize(
    ("model", "fitting", "other"),
    [
        ({"name": "string", "more?": "M"}, {"name": "x", "more": {"name": "y"}}, {"name": "x", "more": {}}),
        ({"more": "M[]"}, {"more": [{"more": []}]}, {"more": [{"more": None}]}),
        ({"more": "M | null"}, {"more": {"more": None}}, {"more": {"more": 1}}),
        ({"a": "x[] | y"}, {"a": "x[]"}, {"a": ["x"]}),
    ],
)
def test_models_that_hold_themselves(zod: Zod, model: Any, fitting: Any, other: Any) -> None:
    checked = project({"M": model})
    assert [not ours(checked, "M", record) for record in (fitting, other)] == [True, False]
    assert zod.verdicts(checked, "M", [fitting, other]) == [True, False]


def test_models_that_hold_each_other(zod: Zod) -> None:
    checked = project({"M": {"b": "B | null"}, "B": {"m": "M[]"}})
    records = [{"b": {"m": [{"b": None}]}}, {"b": {"m": [{"b": 1}]}}]
    assert zod.verdicts(checked, "M", records) == [True, False]
    assert [not ours(checked, "M", record) for record in records] == [True, False]
