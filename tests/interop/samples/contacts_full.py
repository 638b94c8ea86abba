# options: {"connection": "conn-1"}
# expect: {"requests": 2, "records": {"Contact": 2413}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: Contact
#| endpoint: GET /crm/contacts
from nangonb import NangoSync
from nangonb.models import Contact


def fetch_data(nango: NangoSync) -> None:
    endpoint = "/services/data/v53.0/query"
    params = {"q": "SELECT Id, FirstName, LastName, Email, AccountId, LastModifiedDate FROM Contact"}

    while True:
        response = nango.get(endpoint, params=params, retries=10)
        page = response.data
        nango.batch_save([to_contact(record) for record in page["records"]], "Contact")

        if page["done"]:
            break
        # The next page carries the query itself.
        endpoint = page["nextRecordsUrl"]
        params = {}

    nango.log("Sync run completed!")


def to_contact(record: dict) -> Contact:
    return {
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }
