# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"ReplacedContact": 318}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: ReplacedContact
#| endpoint: GET /crm/replaced-contacts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    nango.set_merging_strategy("ignore_if_modified_after", "ReplacedContact")
    page = nango.get("/services/data/v53.0/query", params={"q": "SELECT Id FROM Contact"}).data
    nango.batch_save([{"id": record["Id"]} for record in page["records"]], "ReplacedContact")
    result = nango.delete_records_from_previous_executions("ReplacedContact")
    nango.log(f"{len(result['deletedKeys'])} deleted")
