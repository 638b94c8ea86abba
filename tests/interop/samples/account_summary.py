# options: {"connection": "conn-1"}
# expect: {"requests": 1, "logs": 1, "output": ["all_named", "any_without_website", "average_revenue", "industries", "largest", "smallest", "total", "total_revenue"]}
#| integration: salesforce
#| output: AccountSummary
#| endpoint: GET /crm/account-summary
from nangonb import NangoAction
from nangonb.models import AccountSummary


def run_action(nango: NangoAction) -> AccountSummary:
    query = "SELECT Id, Name, Industry, Website, NumberOfEmployees, AnnualRevenue FROM Account LIMIT 100"
    accounts = nango.get("/services/data/v53.0/query", params={"q": query}).data["records"]
    if not accounts:
        raise nango.ActionError("There are no accounts")

    industries: dict[str, int] = {}
    for account in accounts:
        industry = account["Industry"] or "other"
        industries[industry] = industries.get(industry, 0) + 1

    sized = [account for account in accounts if account["NumberOfEmployees"] is not None]
    revenues = [account["AnnualRevenue"] for account in accounts if account["AnnualRevenue"] is not None]
    largest = max(sized, key=lambda account: account["NumberOfEmployees"], default=None)
    smallest = min(sized, key=lambda account: account["NumberOfEmployees"], default=None)
    common = next((name for name in sorted(industries) if industries[name] >= 10), None)
    nango.log("A common industry:", common)
    return {
        "total": len(accounts),
        "industries": {name: industries[name] for name in sorted(industries)},
        "largest": largest["Name"] if largest else None,
        "smallest": smallest["Name"] if smallest else None,
        "total_revenue": sum(revenues),
        "average_revenue": round(sum(revenues) / max(len(revenues), 1), 2),
        "any_without_website": any(account["Website"] is None for account in accounts),
        "all_named": all(account["Name"] for account in accounts),
    }
