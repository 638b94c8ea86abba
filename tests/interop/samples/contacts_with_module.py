# options: {"connection": "conn-2", "last_sync_date": "2026-03-15T00:00:00Z"}
# expect: {"requests": 1, "records": {"SpringContact": 189}}
#| integration: salesforce
#| runs: every day
#| sync_type: incremental
#| output: SpringContact
#| endpoint: GET /crm/module-contacts
from nangonb import NangoSync
from nangonb.modules.mappers.contact import select, to_contact
from nangonb.modules.paging import query_all


def fetch_data(nango: NangoSync) -> None:
    where = f"LastModifiedDate > {nango.last_sync_date.isoformat()}" if nango.last_sync_date else None
    contacts = [to_contact(record) for record in query_all(nango, select(where), version="v58.0")]
    for start in range(0, len(contacts), 50):
        nango.batch_save(contacts[start : start + 50], "SpringContact")
