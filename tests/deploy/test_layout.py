"""The project has one layout: check, export and deploy say the same of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb._project import Problem
from nangonb.errors import ConfigurationError, ProjectError, UnknownName
from tests.deploying import DeployTarget
from tests.world import World

YAML = """%%nango_yaml
integrations:
  acme:
    actions:
      do:
        endpoint: POST /do
"""
NO_ENDPOINT = YAML.replace("        endpoint: POST /do\n", "        description: does\n")
RIGHT = "%%nango_action do\ndef run_action(nango, input):\n    return {}\n"
TRANSLATOR = RIGHT.replace("return {}", "return {'n': open('x')}")
LINT = RIGHT.replace("return {}", "nango.batch_save([], 'P')")
VALIDATION = RIGHT.replace("return {}", "return {'ok': nango.zod_validate_input()}")
COMPILER = RIGHT.replace("return {}", "nango.set_metadata([1])")
NEWER = RIGHT.replace("return {}", "nango.save_checkpoint({'at': 1})")
TYPESCRIPT = """%%nango_action_ts do
import type { NangoAction } from '../../models';

export default async function runAction(nango: NangoAction): Promise<object> {
    const n = 1;
    await nango.log('x');
    return {};
}
"""
ZERO = """%%nango_action_ts own --integration-id acme
import { createAction } from 'nango';
import * as z from 'zod';

export default createAction({
    description: 'its own',
    version: '1.0.0',
    input: z.object({}),
    output: z.object({}),
    exec: async (nango) => {
        await nango.log('x');
        return {};
    }
});
"""


def errors(problems: tuple[Problem, ...]) -> set[Problem]:
    return {problem for problem in problems if problem.severity == "error"}


@pytest.mark.parametrize(
    ("layout", "cells", "code", "exit_code"),
    [
        ("nango-yaml", [YAML, RIGHT], None, 0),
        ("nango-yaml", [YAML, TRANSLATOR], "ts-unknown-call", 1),
        ("nango-yaml", [YAML, LINT], "sync-only", 1),
        ("nango-yaml", [YAML, VALIDATION], "sdk-arguments", 1),
        ("nango-yaml", [YAML, COMPILER], "ts-2345", 10),
        ("zero-yaml", [YAML, COMPILER], "ts-2345", 10),
        ("nango-yaml", [YAML, TYPESCRIPT], "ts-6133", 10),
        ("nango-yaml", [YAML, NEWER], "ts-newer", 1),
        ("zero-yaml", [YAML, NEWER], None, 0),
        ("nango-yaml", [NO_ENDPOINT, RIGHT], "missing-key", 1),
        ("zero-yaml", [NO_ENDPOINT, RIGHT], None, 0),
        ("nango-yaml", [ZERO], "zero-style", 1),
        ("zero-yaml", [ZERO], None, 0),
        (None, [ZERO], None, 0),
        ("nango-yaml", [YAML, RIGHT, "%%nango_module models\nX = 1\n"], "path-taken", 1),
        ("zero-yaml", [YAML, RIGHT, "%%nango_module index\nX = 1\n"], "path-taken", 1),
    ],
)
def test_check_export_and_deploy_say_the_same(
    acme: World,
    target: DeployTarget,
    tmp_path: Path,
    layout: str | None,
    cells: list[str],
    code: str | None,
    exit_code: int,
) -> None:
    for cell in cells:
        acme.cell(cell)
    checked = acme.session.check(layout=layout)
    assert checked.ok == (code is None)
    if code is None:
        assert acme.session.export(tmp_path / "out", layout=layout).written
        acme.session.deploy("dev", plan=True, layout=layout)
        return
    assert code in {problem.code for problem in errors(checked.problems)}
    for verb in (
        lambda: acme.session.export(tmp_path / "out", layout=layout),
        lambda: acme.session.deploy("dev", plan=True, layout=layout),
    ):
        with pytest.raises(ProjectError) as caught:
            verb()
        assert set(caught.value.problems) == errors(checked.problems)
        assert caught.value.exit_code == exit_code
    assert not (tmp_path / "out").exists()


def test_the_layout_is_configured_once(acme: World, target: DeployTarget, tmp_path: Path) -> None:
    acme.cell(YAML)
    acme.cell(NEWER)
    assert not acme.session.check().ok
    Path("pyproject.toml").write_text('[tool.nangonb]\nlayout = "zero-yaml"\n')
    assert acme.session.check().ok
    assert acme.session.export(tmp_path / "out").layout == "zero-yaml"
    assert "createAction(" in acme.session.show("do").code
    assert "layout zero-yaml" in acme.session.deploy("dev", plan=True).text()
    acme.session.config.overrides["layout"] = "python"
    assert acme.session.check().ok  # nothing is translated
    assert acme.session.export(tmp_path / "python").layout == "python"
    with pytest.raises(UnknownName, match="layout that can be deployed"):
        acme.session.deploy("dev", plan=True)
    acme.session.config.overrides["layout"] = "zero"
    with pytest.raises(ConfigurationError, match="layout is nango-yaml, python or zero-yaml, not 'zero'"):
        acme.session.check()


def test_a_cell_shows_what_its_layout_refuses_and_runs(acme: World) -> None:
    acme.cell(YAML)
    declared = acme.cell(NEWER)
    assert [(each.code, each.severity) for each in declared.problems] == [("ts-newer", "error")]
    assert acme.session.dryrun("do", "conn-1", input={}).ok
