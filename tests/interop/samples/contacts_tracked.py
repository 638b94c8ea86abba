# options: {"connection": "conn-2", "layouts": ["zero-yaml"]}
# expect: {"requests": 1, "records": {"TrackedContact": 318}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: TrackedContact
#| endpoint: GET /crm/tracked-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    nango.track_deletes_start("TrackedContact")
    page = nango.get("/services/data/v53.0/query", params={"q": "SELECT Id FROM Contact"}).data
    nango.batch_save([{"id": record["Id"]} for record in page["records"]], "TrackedContact")
    deleted = nango.track_deletes_end("TrackedContact")
    nango.log(f"{len(deleted['deletedKeys'])} deleted")
