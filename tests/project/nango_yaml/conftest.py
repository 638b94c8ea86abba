"""The answers of the real software (../shared/nango/golden), and short ways to read and check a text."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nangonb._project import Problem, Source
from nangonb._project.nango_yaml import Checked, YamlDocument, check, problems, read
from nangonb.errors import ProjectError

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "nango" / "golden"
MISSING = f"the answers of the real software are not there ({GOLDEN.name} beside the repository)"

Golden = Callable[[str], Any]


def load_golden(name: str) -> Any:
    """The content of one golden file; skips the test where it is absent."""
    path = GOLDEN / name
    if not path.exists():
        pytest.skip(MISSING)
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    return json.loads(path.read_text(encoding="utf-8"))


def case_names(name: str) -> list[str]:
    """The names of the cases of a golden file, for parametrising; one that skips where it is absent."""
    if not (GOLDEN / name).exists():
        return ["absent"]
    content = load_golden(name)
    return [case["name"] for case in content] if isinstance(content, list) else list(content)


@pytest.fixture(scope="session")
def golden() -> Golden:
    return load_golden


@pytest.fixture(scope="session")
def corpus() -> dict[str, Any]:
    """The 399 files of the corpus by name."""
    return {case["name"]: case for case in load_golden("yaml-corpus.jsonl.gz")}


def document(text: str, label: str = "nango.yaml") -> YamlDocument:
    return read(text, Source(label, text))


def checked(text: str) -> Checked:
    return check(document(text).data)


def found(text: str) -> list[Problem]:
    """Every problem of a text, whether it can be read or not."""
    try:
        read_text = document(text)
    except ProjectError as error:
        return list(error.problems)
    return problems(check(read_text.data), read_text.place)


def only(text: str, code: str) -> Problem:
    """The one problem with that code."""
    matching = [problem for problem in found(text) if problem.code == code]
    assert len(matching) == 1, [str(problem) for problem in found(text)]
    return matching[0]
