"""The nango object against the sandbox: real pages, a real token, and scripts that run each other."""

from __future__ import annotations

from tests.world import World

YAML = """%%nango_yaml
integrations:
  github:
    syncs:
      repositories:
        runs: every day
        output: Repository
        endpoint: GET /repositories
    actions:
      count-repositories:
        endpoint: POST /count
models:
  Repository:
    id: string
    name: string
"""
SYNC = """%%nango_sync repositories
def fetch_data(nango):
    checkpoint = nango.get_checkpoint() or {"page": 0}
    nango.track_deletes_start("Repository")
    for page in nango.paginate("/user/repos", paginate={"limit": 3}):
        nango.batch_save([{"id": str(r["id"]), "name": r["name"]} for r in page], "Repository")
        checkpoint["page"] += 1
        nango.save_checkpoint(checkpoint)
    nango.track_deletes_end("Repository")
    count = nango.trigger_action(nango.provider_config_key, nango.connection_id, "count-repositories")
    nango.log(count, nango.environment_name, nango.get_integration()["provider"], len(nango.get_token()) > 0)
"""
ACTION = """%%nango_action count-repositories
def run_action(nango):
    return {"n": sum(len(page) for page in nango.paginate("/user/repos"))}
"""


def test_a_sync_with_the_provider_s_own_pagination_a_checkpoint_and_an_action(demo: World) -> None:
    for cell in (YAML, SYNC, ACTION):
        demo.cell(cell)
    result = demo.session.dryrun("repositories", "gh-1", checkpoint={"page": 5})
    n = result.counts.added
    assert n > 3
    assert result.checkpoint == {"page": 5 + -(-n // 3)}
    assert result.trace.logs[-1].message == f'{{"n":{n}}} dev github true'
    assert result.trace.request_count > result.checkpoint["page"] - 5
    assert result.writes == 0
