"""Every code has a paragraph in the docs, and every paragraph a code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nangonb._project.nango_yaml as package

from .conftest import found
from .differences import CRASHES, UNREADABLE

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTED = set(
    re.findall("^### `(.+)`$", (ROOT / "docs" / "problems-nango-yaml.md").read_text("utf-8"), re.M)
)


def test_every_code_of_the_corpus_has_a_paragraph(corpus: dict[str, Any]) -> None:
    codes = {problem.code for case in corpus.values() for problem in found(case["yaml"])}
    assert len(codes) > 25
    assert codes <= DOCUMENTED


def test_every_code_in_the_source_has_a_paragraph() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py"))
    given = set(re.findall(r'(?:Problem|self\.error|warn|_collision)\(\s*"([a-z-]+)"', source))
    given |= {
        code.replace("_", "-") for code in re.findall(r'(?:Finding|_error|_warn)\(\s*"([a-z_]+)"', source)
    }
    given |= {
        code.replace("_", "-")
        for code in re.findall(r'JsCrash\((?:[^()]|\([^()]*\))*"([a-z_]+)"\s*\)', source)
    }
    assert len(given) > 30
    assert given <= DOCUMENTED


def test_every_paragraph_is_about_a_code() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py"))
    words = set(re.findall('"([a-z_-]+)"', source))
    assert {code for code in DOCUMENTED if not {code, code.replace("-", "_")} & words} == set()


def test_the_table_of_differences_names_their_codes() -> None:
    table = (ROOT / "docs" / "nango-yaml.md").read_text("utf-8")
    codes = {code.replace("_", "-") for code in (*CRASHES.values(), *UNREADABLE.values())} - {"not-a-string"}
    assert {code for code in codes if f"`{code}`" not in table} == set()
