"""Cells that several tests run."""

from __future__ import annotations

from tests.kernel import CellError, Kernel

YAML = """\
%%nango_yaml contacts
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: /crm/contact
models:
  Contact:
    id: string
    name: string | null
"""

SYNC = """\
%%nango_sync contacts
from nangonb.models import Contact

def fetch_data(nango):
    query = "SELECT Id, Name FROM Contact"
    if nango.last_sync_date:
        query += f" WHERE LastModifiedDate > {nango.last_sync_date.isoformat()}"
    response = nango.get("/services/data/v53.0/query", params={"q": query})
    nango.batch_save([to_contact(record) for record in response.data["records"]], "Contact")
    nango.log("done")

def to_contact(record) -> Contact:
    return {"id": record["Id"], "name": record["Name"]}
"""

ECHO = """\
%%nango_action echo --integration-id salesforce
def run_action(nango, input):
    return {"got": input}
"""


def declare(kernel: Kernel, *cells: str) -> None:
    """Declare these and nothing else: whatever earlier tests of the kernel declared is gone."""
    kernel.run(
        "from nangonb._session import current\n"
        "from nangonb._project import Declarations\n"
        "current().workspace._declarations = Declarations()\n"
        "current().connections.selection._selected.clear()"
    ).check()
    for cell in cells:
        kernel.run(cell).check()


def failure(kernel: Kernel, code: str) -> CellError:
    """The error of a cell that should fail; no line of ours is in its traceback."""
    error = kernel.run(code).error
    assert error is not None, "the cell should fail"
    assert "nangonb/" not in error.traceback.replace("nangonb/issues", ""), "a frame of ours is shown"
    return error
