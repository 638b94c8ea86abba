"""What the server would refuse is said before it is asked, at the line where it is written."""

from __future__ import annotations

import pytest

from nangonb._project import Problem
from nangonb.errors import ProjectError
from tests.deploy.conftest import ACTION, MODULE, SYNC, YAML
from tests.deploying import DeployTarget
from tests.world import World


def problems(world: World, target: DeployTarget) -> dict[str, Problem]:
    with pytest.raises(ProjectError) as caught:
        world.session.deploy("dev", auto_confirm=True)
    assert target.scripted.called == [] and "Nothing was deployed." in caught.value.message
    return {problem.code: problem for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "said"),
    [
        ("every day", "every 1.5 hours", "server-runs", 7, "every 90 minutes"),
        ("runs: every day", "runs: every day\n        version: 3", "server-version", 8, "number 3"),
        (
            "runs: every day",
            "runs: every day\n        sync_type: incremental\n        track_deletes: true",
            "server-track-deletes",
            9,
            "incremental",
        ),
        ("All contacts.", "x" * 2001, "server-description", 6, "2,001 characters"),
        ("scopes: read", f"scopes: {'r' * 256}", "server-scope", 10, "255"),
    ],
)
def test_nango_yaml(
    acme: World, target: DeployTarget, old: str, new: str, code: str, line: int, said: str
) -> None:
    assert old in YAML
    for cell in (YAML.replace(old, new), SYNC, ACTION, MODULE):
        acme.cell(cell)
    problem = problems(acme, target)[code]
    assert problem.severity == "error" and problem.place is not None
    assert (problem.place.source, problem.place.line) == ("Cell In[1]", line)
    assert said in f"{problem.message} {problem.hint}"


ZERO = """%%nango_sync_ts contacts --integration-id acme
import { createSync } from 'nango';
import * as z from 'zod';

export default createSync({
    description: 'All contacts.',
    version: '1.0.0',
    endpoints: [{ method: 'GET', path: '/contacts' }],
    frequency: 'every hour',
    syncType: 'full',
    models: { Contact: z.object({ id: z.string() }) },
    exec: async (nango) => {
        await nango.batchSave([{ id: '1' }], 'Contact');
    }
});
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("every hour", "every 10.5 hours", "server-runs", 9),
        ("'All contacts.'", "'x'.repeat(2001)", "server-description", 6),
        ("syncType: 'full'", "scopes: ['r'.repeat(256)], syncType: 'full'", "server-scope", 10),
        ("'/contacts' }", "'/contacts', group: 'g'.repeat(65) }", "server-endpoint", 8),
    ],
)
def test_what_a_script_says_itself(
    acme: World, target: DeployTarget, old: str, new: str, code: str, line: int
) -> None:
    assert old in ZERO
    acme.cell(ZERO.replace(old, new))
    problem = problems(acme, target)[code]
    assert problem.place is not None and (problem.place.source, problem.place.line) == ("Cell In[1]", line)


@pytest.mark.parametrize(("name", "integration"), [("x" * 256, "acme"), ("contacts", "acme#1")])
def test_names(acme: World, target: DeployTarget, name: str, integration: str) -> None:
    line = f"%%nango_sync_ts {name} --integration-id {integration}"
    acme.cell(ZERO.replace("%%nango_sync_ts contacts --integration-id acme", line))
    problem = problems(acme, target)["server-name"]
    assert problem.place is not None and (problem.place.source, problem.place.line) == ("Cell In[1]", 1)


def test_an_event_that_is_none(acme: World, target: DeployTarget) -> None:
    acme.cell(ZERO)
    acme.cell(
        "%%nango_on_event_ts hello --integration-id acme\nimport { createOnEvent } from 'nango';\n\n"
        "export default createOnEvent({\n    description: 'x',\n"
        "    event: 'some-day' as 'validate-connection',\n"
        "    exec: async () => {}\n});\n"
    )
    problem = problems(acme, target)["server-event"]
    assert problem.place is not None and (problem.place.source, problem.place.line) == ("Cell In[2]", 6)
    assert "validate-connection" in problem.hint


_ON_EVENT = (
    "%%nango_on_event_ts hello --integration-id acme\nimport { createOnEvent } from 'nango';\n\n"
    "export default createOnEvent({\n    description: 'x',\n    event: 'validate-connection',\n"
    "    exec: async () => {}\n});\n"
)


def test_on_event_scripts_alone_are_not_stored(acme: World, target: DeployTarget) -> None:
    """Nango answers with an empty list and stores nothing."""
    acme.cell(_ON_EVENT)
    problem = problems(acme, target)["on-events-alone"]
    assert problem.place is not None and problem.place.source == "Cell In[1]"
    assert "`hello` would not be deployed" in problem.message and target.deployments == []


def test_a_plan_says_that_other_on_event_scripts_go(acme: World, target: DeployTarget) -> None:
    acme.cell(ZERO)
    assert "deactivates every other on-event script" not in acme.session.deploy("dev", plan=True).text()
    acme.cell(_ON_EVENT)
    assert "deactivates every other on-event script" in acme.session.deploy("dev", plan=True).text()


def test_a_script_that_is_too_large(acme: World, target: DeployTarget) -> None:
    for cell in (YAML, SYNC, MODULE):
        acme.cell(cell)
    filler = "x" * 1000
    lines = "".join(f"    '{filler}',\n" for _ in range(10_600))
    table = f"const TABLE = [\n{lines}];\n"
    body = ACTION.replace("\nexport default", f"\n{table}\nexport default")
    acme.cell(body.replace("id: first(response.data)", "id: TABLE[0] + first(response.data)"))
    problem = problems(acme, target)["server-size"]
    assert "10,485,760" in problem.message
