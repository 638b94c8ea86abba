"""What the real CLI says of small TypeScript scripts, and what is said of the same in Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nangonb._check import uncompiled_problems
from nangonb._export import ProjectFiles
from nangonb._project import NANGO_YAML
from tests.check.cells import lints, session, sync

# Python of the same meaning. Whether calls are awaited is no question here.
SAME = {
    "ok": 'nango.batch_save([], "Person")',
    "returned": 'return nango.get("/x")',
    "returned_action": 'return nango.get("/x").data',
    "sync_returns": "return 1",
    "sync_returns_empty": "return",
    "action_batchSave": 'nango.batch_save([], "Person")',
    "bad_model": 'nango.batch_save([], "Nope")',
    "deprecated_batchSend": 'nango.batch_send([], "Person")',
    "deprecated_getFieldMapping": "nango.get_field_mapping()\nnango.set_field_mapping({})",
    "retryon": 'nango.get("/x", retry_on=[404])',
    "retryon_ok": 'nango.get("/x", retries=3, retry_on=[404])',
    "merging_after_save": 'nango.batch_save([], "Person")\nnango.set_merging_strategy("override", "Person")',
    "merging_after_proxy": 'nango.get("/x")\nnango.set_merging_strategy("override", "Person")',
    "delete_prev_twice": 'nango.delete_records_from_previous_executions("Person")\n'
    'nango.delete_records_from_previous_executions("Person")',
    "delete_prev_before": 'nango.delete_records_from_previous_executions("Person")\n'
    'nango.batch_save([], "Person")',
    "arrow_returned_implicit": 'for _ in [1]:\n    nango.get("/x")',
    "default_arrow": "return 1",
}
ONLY_TYPESCRIPT = {
    "not_awaited", "not_awaited_paginate", "not_awaited_batchUpdate", "then_ok", "helper_not_awaited",
}  # fmt: skip


def golden(shared: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((shared / "nango/golden/lint-golden.json").read_text())
    return found


def test_every_case_of_the_cli_is_known(shared: Path) -> None:
    assert set(golden(shared)) == set(SAME) | ONLY_TYPESCRIPT


@pytest.mark.parametrize("name", SAME)
def test_says_as_much_as_the_cli(shared: Path, name: str) -> None:
    case = golden(shared)[name]
    if "action" in name:
        text = sync(SAME[name]).replace("fetch_data(nango)", "run_action(nango, input)")
        made, problems, _ = session("action do", text)
    else:
        made, problems, _ = session("sync people", sync(SAME[name]))
    found = list(lints(problems))
    checked = uncompiled_problems(ProjectFiles(made.project, NANGO_YAML))
    errors = [problem for problem in lints(checked) if problem in found and problem.severity == "error"]
    assert len(found) == len(case["messages"])  # type: ignore[arg-type]
    assert len(errors) == (0 if case["ok"] else len(found))
