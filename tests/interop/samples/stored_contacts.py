# options: {"connection": "conn-1", "layouts": ["zero-yaml"]}
# expect: {"requests": 0, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: StoredContact
#| endpoint: GET /crm/stored-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    ids = []
    for record in nango.list_records("StoredContact"):
        ids.append(record["id"])
    known = nango.get_records_by_ids(["none-such"], "StoredContact")
    nango.log(f"{len(ids)} stored, {len(known)} found")
