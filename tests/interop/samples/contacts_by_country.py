# options: {"connection": "conn-1"}
# expect: {"requests": 2, "records": {"CountrySummary": 13}, "logs": 1}
#| integration: salesforce
#| runs: every week
#| output: CountrySummary
#| endpoint: GET /crm/countries
from nangonb import NangoSync
from nangonb.models import CountrySummary
from nangonb.modules.paging import query_all


def fetch_data(nango: NangoSync) -> None:
    contacts = query_all(nango, "SELECT Id, Email, MailingCity, MailingCountry FROM Contact")
    groups: dict[str, list[dict]] = {}
    for contact in contacts:
        country = contact["MailingCountry"] or "Unknown"
        if country not in groups:
            groups[country] = []
        groups[country].append(contact)

    summaries = [summarise(country, groups[country], len(contacts)) for country in sorted(groups)]
    nango.batch_save(summaries, "CountrySummary")

    biggest = max(summaries, key=lambda summary: summary["contacts"])
    nango.log(f"Most contacts are in {biggest['country']}: {biggest['share']}")


def summarise(country: str, contacts: list[dict], total: int) -> CountrySummary:
    cities = sorted({contact["MailingCity"] for contact in contacts if contact["MailingCity"]})
    return {
        "id": country.lower().replace(" ", "-"),
        "country": country,
        "contacts": len(contacts),
        "with_email": len([contact for contact in contacts if contact["Email"] is not None]),
        "share": f"{len(contacts) / total * 100:.1f}%",
        "cities": cities,
    }
