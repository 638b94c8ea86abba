# options: {"connection": "conn-2", "last_sync_date": "2026-06-01T08:30:00Z"}
# expect: {"requests": 1, "records": {"ChangedContact": 52}, "logs": 2}
#| integration: salesforce
#| runs: every hour
#| sync_type: incremental
#| output: ChangedContact
#| endpoint: GET /crm/changed-contacts
from datetime import datetime

from nangonb import NangoSync

FIELDS = ["Id", "FirstName", "LastName", "Email", "AccountId", "LastModifiedDate"]


def fetch_data(nango: NangoSync) -> None:
    query = build_query(nango.last_sync_date)
    nango.log(f"Asking for {query}", level="debug")
    response = nango.get("/services/data/v53.0/query", params={"q": query})

    contacts = []
    for record in response.data["records"]:
        contacts.append(
            {
                "id": record["Id"],
                "first_name": record.get("FirstName"),
                "last_name": record["LastName"],
                "email": record.get("Email"),
                "account_id": record.get("AccountId"),
                "last_modified_date": record["LastModifiedDate"],
            }
        )

    if contacts:
        nango.batch_save(contacts, "ChangedContact")
    nango.log(f"{len(contacts)} contacts changed since {nango.last_sync_date.isoformat() if nango.last_sync_date else 'ever'}")


def build_query(since: datetime | None) -> str:
    query = f"SELECT {', '.join(FIELDS)} FROM Contact"
    if since is not None:
        query += f" WHERE LastModifiedDate > {since.isoformat()}"
    return query + " ORDER BY LastModifiedDate"
