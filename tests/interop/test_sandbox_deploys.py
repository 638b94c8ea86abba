"""The real ``nango deploy`` of both CLIs into the sandbox, which then runs what they compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exporting import export
from tests.interop.npm import YAML_CLI, ZERO_CLI, CliRun, NangoCli, Version
from tests.interop.project import skip_without_node
from tests.sandbox.process import Sandbox
from tests.sandbox.test_deploys import GH_1, names, scripts
from tests.sandbox.test_syncs import listed, settled
from tests.sessions import Session

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

CELLS = (
    """%%nango_yaml
integrations:
  github:
    syncs:
      repository-issues:
        runs: every hour
        output: RepositoryIssue
        endpoint: GET /repository-issues
        auto_start: true
    actions:
      count-issues:
        input: Wanted
        output: Counted
        endpoint: POST /count-issues
models:
  RepositoryIssue:
    id: string
    title: string
  Wanted:
    repo: string
  Counted:
    count: number
""",
    """%%nango_sync repository-issues
def fetch_data(nango):
    for page in nango.paginate('/repos/nangonb-demo/connectors/issues', params={'state': 'all'}):
        nango.batch_save([{'id': str(i['id']), 'title': i['title']} for i in page], 'RepositoryIssue')
""",
    """%%nango_action count-issues
def run_action(nango, input):
    params = {'state': 'all', 'per_page': 100}
    found = nango.get(f"/repos/nangonb-demo/{input['repo']}/issues", params=params).data
    if not found:
        raise nango.ActionError({'reason': 'none'})
    return {'count': len(found)}
""",
)


def deployed(version: Version, layout: str, folder: Path, sandbox: Sandbox, *options: str) -> CliRun:
    """``nango deploy dev`` of the exported cells."""
    cli = NangoCli(version)
    if not folder.exists():
        session = Session()
        for number, cell in enumerate(CELLS, 1):
            session.declare(cell, label=f"Cell In[{number}]")
        export(session.project, folder, layout=layout)
    if cli.zero:
        cli.link(folder)
    environment = {"NANGO_HOSTPORT": sandbox.url, "NANGO_SECRET_KEY_DEV": sandbox.key}
    return cli.run(folder, "deploy", "dev", *options, environment=environment)


@pytest.mark.parametrize(("version", "layout"), [(YAML_CLI, "nango-yaml"), (ZERO_CLI, "zero-yaml")])
def test_deploy_run_and_deploy_again(version: Version, layout: str, tmp_path: Path) -> None:
    skip_without_node()
    folder = tmp_path / "project"
    sandbox = Sandbox("--rows", "5")
    try:
        done = deployed(version, layout, folder, sandbox, "--allow-destructive")
        assert done.returncode == 0, done.text
        assert "repository-issues" in done.text
        # its own mode is "all": the demo's scripts are gone
        own = {"syncs": ["repository-issues"], "actions": ["count-issues"], "on-events": []}
        assert scripts(sandbox) == own
        assert scripts(sandbox, "hubspot")["syncs"] == []
        found = settled(sandbox, integration="github", connection="gh-1")
        assert [(one["status"], one["recordCount"]) for one in found] == [
            ("SUCCESS", {"RepositoryIssue": 42})
        ]
        assert {"id", "title", "_nango_metadata"} == set(listed(sandbox, GH_1, model="RepositoryIssue")[0])
        act = {"action_name": "count-issues", "input": {"repo": "docs"}}
        assert sandbox.client.post("/action/trigger", json=act, headers=GH_1).json() == {"count": 7}
        act["input"] = {"repo": "empty"}
        refused = sandbox.client.post("/action/trigger", json=act, headers=GH_1)
        assert (refused.status_code, refused.json()["error"]["payload"]) == (500, {"reason": "none"})
        again = deployed(version, layout, folder, sandbox)
        assert again.returncode == 0, again.text
        config = sandbox.client.get("/scripts/config").json()[0]
        assert [one["version"] for one in (*config["syncs"], *config["actions"])] == ["2", "2"]
        assert names(config["actions"]) == ["count-issues"]
        # one script alone leaves the others
        single = deployed(version, layout, folder, sandbox, "--action", "count-issues")
        assert single.returncode == 0, single.text
        assert scripts(sandbox) == own
    finally:
        sandbox.close()


@pytest.mark.parametrize(("version", "layout"), [(YAML_CLI, "nango-yaml"), (ZERO_CLI, "zero-yaml")])
def test_what_the_sandbox_refuses_the_cli_shows(version: Version, layout: str, tmp_path: Path) -> None:
    skip_without_node()
    sandbox = Sandbox("--rows", "0")
    try:
        sandbox.client.delete("/integrations/github")
        done = deployed(version, layout, tmp_path / "project", sandbox, "--allow-destructive")
        assert done.returncode != 0
        assert "unknown_provider_config" in done.text
    finally:
        sandbox.close()
