# options: {"connection": "conn-2"}
# expect: {"requests": 1, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: ContactKey
#| endpoint: GET /crm/replaced-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    nango.set_merging_strategy({"strategy": "ignore_if_modified_after"}, "ContactKey")
    page = nango.get("/services/data/v53.0/query", params={"q": "SELECT Id FROM Contact"}).data
    nango.batch_save([{"id": record["Id"]} for record in page["records"]], "ContactKey")
    result = nango.delete_records_from_previous_executions("ContactKey")
    nango.log(f"{len(result['deletedKeys'])} deleted")
