"""Lines that are too wide are broken where prettier breaks them, and nothing else changes."""

from __future__ import annotations

import re

import pytest

from nangonb._project import Project
from nangonb._translate import translate
from nangonb._translate.code import WIDTH
from nangonb._translate.fitting import fit
from tests.interop.scripts import declare, samples

LONG = "aVariableWithALongName.andAPropertyWithALongName"


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        (
            f"await nango.batchSave({LONG}.map((record: any) => toRecord(record)), 'ModelWithALongName');",
            [
                "await nango.batchSave(",
                f"    {LONG}.map((record: any) => toRecord(record)),",
                "    'ModelWithALongName'",
                ");",
            ],
        ),
        (
            f"const kept = {LONG}.filter((record: any) => record.email !== null).map((record: any) => record.email);",  # noqa: E501
            [
                f"const kept = {LONG}",
                "    .filter((record: any) => record.email !== null)",
                "    .map((record: any) => record.email);",
            ],
        ),
        (
            f"const kept = {LONG}.map((record: any) => ({{ id: record.id, name: record.name, email: record.email }}));",  # noqa: E501
            [
                f"const kept = {LONG}.map((record: any) => ({{",
                "    id: record.id,",
                "    name: record.name,",
                "    email: record.email",
                "}));",
            ],
        ),
        (
            f"if ({LONG} !== null && anotherVariable.length > 0 && (aThirdOne === 'x' || aThirdOne === 'y')) {{",  # noqa: E501
            [
                "if (",
                f"    {LONG} !== null &&",
                "    anotherVariable.length > 0 &&",
                "    (aThirdOne === 'x' || aThirdOne === 'y')",
                ") {",
            ],
        ),
        (
            f"const shown = {LONG} !== null ? callOfAFunction({LONG}) : 'nothing at all';",
            [f"const shown = {LONG} !== null", f"    ? callOfAFunction({LONG})", "    : 'nothing at all';"],
        ),
        (
            f"return {LONG} !== null && {LONG} !== undefined && anotherVariable;",
            ["return (", f"    {LONG} !== null &&", f"    {LONG} !== undefined &&", "    anotherVariable", ");"],  # noqa: E501
        ),
        (
            f"response = await nango.get({{ endpoint: '/services/data/v53.0/query', params: {{ q: {LONG} }}, retries: 3 }});",  # noqa: E501
            [
                "response = await nango.get({",
                "    endpoint: '/services/data/v53.0/query',",
                f"    params: {{ q: {LONG} }},",
                "    retries: 3",
                "});",
            ],
        ),
        (
            f"async function save(nango: NangoSync, firstParameter: string, second: {LONG}): Promise<void> {{",  # noqa: E501
            [
                "async function save(",
                "    nango: NangoSync,",
                "    firstParameter: string,",
                f"    second: {LONG}",
                "): Promise<void> {",
            ],
        ),
    ],
)  # fmt: skip
def test_where_lines_are_broken(line: str, broken: list[str]) -> None:
    assert len(line) <= WIDTH or fit(line) == broken
    assert fit(line, (WIDTH - len(line)) // 4 + 2 if len(line) < WIDTH else 0) == broken


@pytest.mark.parametrize(
    "whole",
    [
        "`" + "a, (b) => { ".ljust(120, "x") + "`",
        "// " + "(a, b) " * 30,
        "/" + r"[,()\/]".ljust(110, "x") + "/",
        "'" + "a && b, (c) ".ljust(110, "x") + "'",
    ],
)
def test_texts_comments_and_patterns_stay_whole(whole: str) -> None:
    assert whole in "\n".join(fit(f"const parts = text.split({whole}, more);"))
    assert whole in "\n".join(fit(f"const text = {whole};"))


def _samples() -> Project:
    from tests.sessions import Session

    session = Session()
    declare(session)
    return session.project


def test_nothing_is_lost_of_any_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    project = _samples()
    fitted = {s.name: translate(project, project.script(s.name, s.integration)) for s in samples()}
    monkeypatch.setattr("nangonb._translate.translation.fit", lambda text, depth: [text])
    broken = 0
    for sample in samples():
        whole = translate(project, project.script(sample.name, sample.integration)).code
        done = fitted[sample.name]
        broken += done.code != whole
        for helper in done.helpers:
            whole = whole.replace(helper.text, "")
        code = done.code
        for helper in done.helpers:
            code = code.replace(helper.text, "")
        # parentheses after return are all that is added
        assert _without_space(code) == _without_space(whole) or "return (\n" in code
        wide = [line for line in code.splitlines() if len(line) > WIDTH and "`" not in line]
        wide = [line for line in wide if not re.fullmatch(r"\s*(//.*|'.*'[;,]?|/.*/u?[;,]?)", line)]
        assert wide == [], sample.name
    assert broken > 5


def _without_space(code: str) -> str:
    return re.sub(r"\s", "", code)
