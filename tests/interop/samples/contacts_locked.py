# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"LockedContact": 318}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: LockedContact
#| endpoint: GET /crm/locked-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    if not nango.try_acquire_lock(key="contacts", ttl_ms=60 * 1000):
        nango.log("another run is at it", level="warn")
        return
    try:
        page = nango.get("/services/data/v53.0/query", params={"q": "SELECT Id FROM Contact"}).data
        nango.batch_save([{"id": record["Id"]} for record in page["records"]], "LockedContact")
    finally:
        nango.release_lock(key="contacts")
    nango.log("done")
