# options: {"connection": "conn-2", "last_sync_date": "2026-05-20T12:00:00Z"}
# expect: {"requests": 4, "records": {"TimeWindow": 4}}
#| integration: salesforce
#| runs: every day
#| output: TimeWindow
#| endpoint: GET /crm/windows
from datetime import datetime, timedelta, timezone

from nangonb import NangoSync

WINDOW = timedelta(days=10, hours=12)
END = datetime(2026, 6, 30, tzinfo=timezone.utc)


def fetch_data(nango: NangoSync) -> None:
    start = nango.last_sync_date
    if start is None:
        start = END - timedelta(weeks=4)

    windows = []
    number = 1
    while start < END:
        end = min(start + WINDOW, END)
        contacts = changed_between(nango, start, end)
        windows.append(
            {
                "id": f"window-{number:03d}",
                "start": start.isoformat(),
                "end": end.isoformat(),
                "contacts": len(contacts),
                "first": contacts[0]["Id"] if contacts else None,
            }
        )
        number += 1
        start = end
    nango.batch_save(windows, "TimeWindow")


def changed_between(nango: NangoSync, start: datetime, end: datetime) -> list[dict]:
    soql = (
        "SELECT Id FROM Contact"
        f" WHERE LastModifiedDate >= {start.isoformat()} AND LastModifiedDate < {end.isoformat()}"
        " ORDER BY LastModifiedDate"
    )
    return nango.get("/services/data/v53.0/query", params={"q": soql}).data["records"]
