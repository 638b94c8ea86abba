# options: {"connection": "conn-dev"}
# expect: {"requests": 1, "records": {"Contact": 57}}
#| integration: salesforce-sandbox
#| runs: every 6 hours
#| sync_type: incremental
#| output: Contact
#| endpoint: GET /crm/contacts
from datetime import datetime, timezone

from nangonb import NangoSync
from nangonb.models import Contact

EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


def fetch_data(nango: NangoSync) -> None:
    since = nango.last_sync_date or EPOCH
    where = f"LastModifiedDate >= {since.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    for page in nango.paginate(
        "/services/data/v58.0/query",
        params={"q": f"SELECT Id, FirstName, LastName, Email, AccountId, LastModifiedDate FROM Contact WHERE {where}"},
        paginate={
            "type": "link",
            "response_path": "records",
            "link_path_in_response_body": "nextRecordsUrl",
        },
        retries=5,
    ):
        nango.batch_save(list(map(to_contact, page)), "Contact")


def to_contact(record: dict) -> Contact:
    contact: Contact = {
        "id": record["Id"],
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "email": record["Email"],
        "account_id": record["AccountId"],
        "last_modified_date": record["LastModifiedDate"],
    }
    return contact
