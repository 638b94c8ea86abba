# options: {"connection": "conn-dev"}
# expect: {"requests": 1, "records": {"ResavedContact": 56}, "updated": {"ResavedContact": 1}, "deleted": {"ResavedContact": 1}}
#| integration: salesforce-sandbox
#| runs: every day
#| output: ResavedContact
#| endpoint: GET /crm/resaved
from nangonb import NangoSync
from nangonb.modules.mappers.contact import select, to_contact


def fetch_data(nango: NangoSync) -> None:
    records = nango.get("/services/data/v53.0/query", params={"q": select()}).data["records"]
    contacts = [to_contact(record) for record in records]
    nango.batch_save(contacts, "ResavedContact")

    # The same ids again, with what we know better; the later save stands.
    better = []
    for contact in contacts[::3]:
        copy = dict(contact)
        copy["email"] = copy["email"] or f"{copy['last_name'].lower()}@example.org"
        better.append(copy)
    nango.batch_save(better, "ResavedContact")

    nameless = [{"id": contact["id"]} for contact in contacts if contact["first_name"] is None]
    nango.batch_delete(nameless, "ResavedContact")
    nango.batch_update([{"id": "not-there", "last_name": "Nobody"}], "ResavedContact")
