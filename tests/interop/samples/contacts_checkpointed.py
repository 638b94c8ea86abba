# options: {"connection": "conn-1", "layouts": ["zero-yaml"]}
# expect: {"requests": 2, "records": {"CheckpointedContact": 2413}, "logs": 3}
#| integration: salesforce
#| runs: every day
#| output: CheckpointedContact
#| endpoint: GET /crm/checkpointed-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    checkpoint = nango.get_checkpoint()
    endpoint = checkpoint["endpoint"] if checkpoint else "/services/data/v53.0/query"
    saved = checkpoint["saved"] if checkpoint else 0
    params = {} if checkpoint else {"q": "SELECT Id FROM Contact"}
    while True:
        page = nango.get(endpoint, params=params).data
        nango.batch_save([{"id": record["Id"]} for record in page["records"]], "CheckpointedContact")
        saved = saved + len(page["records"])
        if page["done"]:
            break
        endpoint = page["nextRecordsUrl"]
        params = {}
        nango.save_checkpoint({"endpoint": endpoint, "saved": saved})
        nango.log(nango.get_checkpoint())
    nango.clear_checkpoint()
    nango.log("left over:", nango.get_checkpoint())
    nango.log(f"{saved} contacts")
