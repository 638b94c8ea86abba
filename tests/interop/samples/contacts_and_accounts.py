# options: {"connection": "conn-2"}
# expect: {"requests": 2, "records": {"JapaneseContact": 24, "JapaneseAccount": 15}}
#| integration: salesforce
#| runs: every day
#| output: [JapaneseContact, JapaneseAccount]
#| endpoint: [GET /crm/both/contacts, GET /crm/both/accounts]
from nangonb import NangoSync
from nangonb.models import JapaneseAccount
from nangonb.modules.mappers.contact import select, to_contact
from nangonb.modules.paging import query_all


def fetch_data(nango: NangoSync) -> None:
    contacts = query_all(nango, select("MailingCountry = 'Japan'"))
    nango.batch_save([to_contact(contact) for contact in contacts], "JapaneseContact")

    wanted = sorted({contact["AccountId"] for contact in contacts if contact["AccountId"]})
    if not wanted:
        nango.log("No accounts to fetch")
        return

    ids = ",".join(["'" + account_id + "'" for account_id in wanted])
    accounts = query_all(
        nango,
        f"SELECT Id, Name, Industry, Website, NumberOfEmployees, AnnualRevenue FROM Account WHERE Id IN ({ids})",
    )
    nango.batch_save([to_account(account) for account in accounts], "JapaneseAccount")


def to_account(record: dict) -> JapaneseAccount:
    website = record["Website"]
    return {
        "id": record["Id"],
        "name": record["Name"].title(),
        "industry": record["Industry"],
        "website": website.rstrip("/") if website else None,
        "employees": record["NumberOfEmployees"],
        "annual_revenue": record["AnnualRevenue"],
    }
