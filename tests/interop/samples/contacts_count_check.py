# options: {"connection": "conn-2"}
# expect: {"requests": 7, "records": {"CountryCount": 2}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: CountryCount
#| endpoint: GET /crm/germany
from nangonb import NangoSync

COUNTRIES = ["Germany", "Viet Nam", "Nowhere"]


def fetch_data(nango: NangoSync) -> None:
    total = count(nango)
    for country in COUNTRIES:
        found = count(nango, f"MailingCountry = '{country}'")
        with_email = count(nango, f"MailingCountry = '{country}' AND Email != null")
        if found == 0:
            nango.log(f"Nobody is in {country!s}", level="warn")
            continue
        nango.batch_save(
            [
                {
                    "id": country.upper()[:3],
                    "country": country,
                    "contacts": found,
                    "with_email": with_email,
                    "share": f"{found}/{total}",
                    "cities": [],
                }
            ],
            "CountryCount",
        )


def count(nango: NangoSync, where: str = "") -> int:
    soql = "SELECT COUNT() FROM Contact" + (f" WHERE {where}" if where else "")
    return nango.get("/services/data/v53.0/query", params={"q": soql}).data["totalSize"]
