# options: {"connection": "conn-2"}
# expect: {"requests": 2, "records": {"AccountDetail": 16}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: AccountDetail
#| endpoint: GET /crm/account-details
from urllib.parse import urlparse

from nangonb import NangoSync
from nangonb.models import AccountDetail

TIERS = [(5000, "enterprise"), (500, "mid-market"), (50, "small business")]


def fetch_data(nango: NangoSync) -> None:
    accounts = query(
        nango,
        "SELECT Id, Name, Website, BillingCity, BillingCountry, NumberOfEmployees, AnnualRevenue FROM Account",
    )
    contacts = query(nango, "SELECT Id, Name, AccountId FROM Contact ORDER BY LastName")

    by_account: dict[str, list[dict]] = {}
    for contact in contacts:
        account_id = contact["AccountId"]
        if account_id is None:
            continue
        by_account.setdefault(account_id, []).append({"id": contact["Id"], "name": contact["Name"]})

    orphans = sum(1 for contact in contacts if contact["AccountId"] is None)
    if orphans:
        nango.log(f"{orphans} contacts have no account", level="warn")

    details = [to_detail(account, by_account.get(account["Id"], [])) for account in accounts]
    nango.batch_save(details, "AccountDetail")


def query(nango: NangoSync, soql: str) -> list[dict]:
    response = nango.get("/services/data/v53.0/query", params={"q": soql}, retries=3)
    records = response.data["records"]
    while not response.data["done"]:
        response = nango.get(response.data["nextRecordsUrl"], retries=3)
        records = records + response.data["records"]
    return records


def to_detail(account: dict, contacts: list[dict]) -> AccountDetail:
    employees = account["NumberOfEmployees"]
    revenue = account["AnnualRevenue"]
    return {
        "id": account["Id"],
        "name": account["Name"],
        "tier": tier(employees),
        "host": urlparse(account["Website"]).netloc if account["Website"] else None,
        "revenue_per_employee": round(revenue / employees, 2) if revenue is not None and employees else None,
        "address": {"city": account["BillingCity"], "country": account["BillingCountry"]},
        "contacts": contacts[:5],
        "contact_count": len(contacts),
    }


def tier(employees: int | None) -> str:
    if employees is None:
        return "unknown"
    for least, name in TIERS:
        if employees >= least:
            return name
    return "micro"
