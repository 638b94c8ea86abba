# options: {"connection": "conn-1"}
# expect: {"requests": 2, "records": {"Duplicate": 386}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: Duplicate
#| endpoint: GET /crm/duplicates
from nangonb import NangoSync
from nangonb.modules.paging import query_all


def fetch_data(nango: NangoSync) -> None:
    seen: dict[str, list[str]] = {}
    for contact in query_all(nango, "SELECT Id, FirstName, LastName FROM Contact"):
        key = make_key(contact)
        if key is None:
            continue
        if key in seen:
            seen[key].append(contact["Id"])
        else:
            seen[key] = [contact["Id"]]

    duplicates = [
        {"id": ids[0], "key": key, "ids": ids, "count": len(ids)} for key, ids in seen.items() if len(ids) > 1
    ]
    duplicates.sort(key=lambda duplicate: duplicate["id"])
    nango.batch_save(duplicates, "Duplicate")
    worst = max((duplicate["count"] for duplicate in duplicates), default=0)
    nango.log(f"{len(duplicates)} people are there more than once, at most {worst} times")


def make_key(contact: dict) -> str | None:
    first, last = contact["FirstName"], contact["LastName"]
    if not first:
        return None
    parts = [part.strip().lower() for part in (first, last)]
    return "|".join(parts)
