# options: {"connection": "conn-1"}
# expect: {"requests": 3, "records": {"AccountContact": 249}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: AccountContact
#| endpoint: GET /crm/contacts-of-accounts
from nangonb import NangoSync
from nangonb.modules.mappers.contact import select, to_contact

CHUNK = 7


def fetch_data(nango: NangoSync) -> None:
    accounts = nango.get(
        "/services/data/v53.0/query",
        params={"q": "SELECT Id FROM Account WHERE Industry = 'Education' ORDER BY Name LIMIT 20"},
    ).data["records"]
    ids = [account["Id"] for account in accounts]
    nango.log(f"{len(ids)} accounts")

    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        quoted = ", ".join(f"'{account_id}'" for account_id in chunk)
        response = nango.get("/services/data/v53.0/query", params={"q": select(f"AccountId IN ({quoted})")})
        nango.batch_save([to_contact(record) for record in response.data["records"]], "AccountContact")
