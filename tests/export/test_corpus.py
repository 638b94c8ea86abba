"""Our entry put into nango.yaml files of real projects: nothing of theirs is lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._project import Declarations, Project, Source, nango_yaml, read_cell
from nangonb.errors import ProjectError
from tests.export.python_layout import export

OURS = """\
%%nango_yaml
integrations:
  zzz-ours:
    syncs:
      ours:
        runs: every day
        output: ZzzOurs
        endpoint: /zzz/ours
models:
  ZzzOurs:
    id: string
"""
PARTS = 40  # one part takes about a second; four of them are tested, the rest is alike


def project() -> Project:
    declarations = Declarations()
    for text in (OURS, "%%nango_sync ours\ndef fetch_data(nango):\n    pass\n"):
        cell = read_cell(text, label="cell", id=text)
        assert cell is not None
        declarations.declare(cell)
    return declarations.project()


def data_of(text: str) -> Any:
    return nango_yaml.read(text, Source("nango.yaml", text)).data


def with_ours(data: dict[str, Any]) -> dict[str, Any]:
    ours = data_of(OURS.split("\n", 1)[1])
    return {**data, **{key: {**(data.get(key) or {}), **ours[key]} for key in ours}}


def without_empty(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: without_empty(child) for key, child in value.items() if child not in (None, {})}


@pytest.mark.parametrize("part", [0, 13, 26, 39])
def test_real_files_lose_nothing(shared: Path, tmp_path: Path, part: int) -> None:
    with gzip.open(shared / "nango/golden/yaml-corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
        cases = [json.loads(line) for line in stream][part::PARTS]
    seen = 0
    for number, case in enumerate(cases):
        text = case["yaml"]
        try:
            data = data_of(text)
            text.encode()
        except (ProjectError, UnicodeEncodeError):
            continue
        if not isinstance(data, dict):
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "nango.yaml").write_text(text, newline="")
        export(project(), folder)
        merged = (folder / "nango.yaml").read_text()
        assert without_empty(data_of(merged)) == without_empty(with_ours(data)), case["name"]
        if isinstance(data.get("integrations"), dict):
            comments = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
            assert [comment for comment in comments if comment not in merged] == [], case["name"]
        export(project(), folder, check=True)
        seen += 1
    assert seen > 5
