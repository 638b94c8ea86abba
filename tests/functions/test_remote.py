"""``%nango_dryrun --remote``: the script is sent as TypeScript, and the same Dryrun comes of it."""

from __future__ import annotations

from tests.world import World

YAML = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        sync_type: full
        endpoint: GET /contacts
    actions:
      fields:
        input: Asked
        output: Fields
        endpoint: POST /fields
models:
  Contact:
    id: string
    name: string | null
  Asked:
    object: string
  Fields:
    names: string[]
"""
MODULE = """%%nango_module helpers/mapping
def to_contact(record: dict) -> dict:
    return {"id": record["Id"], "name": record["FirstName"].strip()}
"""
SYNC = """%%nango_sync contacts
from nangonb.modules.helpers.mapping import to_contact

def fetch_data(nango):
    response = nango.get(
        "/services/data/v53.0/query",
        params={"q": "SELECT Id, FirstName FROM Contact ORDER BY Id"},
    )
    records = response.data["records"]
    nango.log(f"{len(records)} contacts")
    nango.batch_save([to_contact(record) for record in records], "Contact")
    nango.batch_delete([{"id": "gone"}], "Contact")
"""


def test_a_python_sync_with_a_module(remote: World) -> None:
    for cell in (YAML, MODULE, SYNC):
        remote.cell(cell)
    here = remote.session.dryrun("contacts", "conn-1")
    there = remote.session.dryrun("contacts", "conn-1", remote=True)
    assert there.ok
    assert there.records == here.records
    assert len(there.df) == 5
    assert there.deleted == {"Contact": [{"id": "gone"}]} == here.deleted
    assert there.counts == here.counts
    logs = list(there.logs["message"])
    assert logs[-1] == "5 contacts"
    assert logs[0].startswith("http [200] GET http")
    assert there.requests.empty
    assert [problem.code for problem in there.problem_list] == ["remote-run"]
    assert remote.session.last_dryrun("contacts") is there
