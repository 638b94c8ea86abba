# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"LeadSource": 6}, "logs": 6}
#| integration: salesforce
#| runs: every day
#| output: LeadSource
#| endpoint: GET /crm/lead-sources
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    response = nango.get(
        "/services/data/v53.0/query", params={"q": "SELECT LeadSource, MailingCity, Email FROM Contact"}
    )
    counts: dict[str, int] = {}
    emails: dict[str, int] = {}
    cities: dict[str, set[str]] = {}
    for record in response.data["records"]:
        source = record["LeadSource"] or "None"
        counts[source] = counts.get(source, 0) + 1
        emails[source] = emails.get(source, 0) + (1 if record["Email"] else 0)
        cities.setdefault(source, set())
        if city := record["MailingCity"]:
            cities[source].add(city)

    total = sum(counts.values())
    for rank, (source, number) in enumerate(sorted(counts.items(), key=lambda item: -item[1]), start=1):
        nango.log(f"{rank:>2}. {source:<12} {number:5d} {number / total:7.2%}")
        nango.batch_save(
            [
                {
                    "id": f"source-{rank}",
                    "country": source,
                    "contacts": number,
                    "with_email": emails[source],
                    "share": f"{number / total:.0%}",
                    "cities": sorted(cities[source]),
                }
            ],
            "LeadSource",
        )
