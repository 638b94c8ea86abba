# options: {"connection": "gh-1"}
# expect: {"requests": 2, "records": {"IssueTiming": 42}, "logs": 1}
#| integration: github
#| runs: every day
#| output: IssueTiming
#| endpoint: GET /dev/timing
from datetime import datetime, timedelta

from nangonb import NangoSync
from nangonb.models import IssueTiming

NOW = datetime.fromisoformat("2026-06-30T00:00:00+00:00")
STALE_AFTER = timedelta(days=60)


def fetch_data(nango: NangoSync) -> None:
    total = timedelta()
    number = 0
    for page in nango.paginate("/repos/nangonb-demo/connectors/issues", params={"state": "all"}):
        timings = []
        for issue in page:
            opened = datetime.fromisoformat(issue["created_at"])
            closed = datetime.fromisoformat(issue["closed_at"]) if issue["closed_at"] else None
            if closed is not None:
                total += closed - opened
                number += 1
            timings.append(timing(issue, opened, closed or NOW, closed is None))
        nango.batch_save(timings, "IssueTiming")
    if number:
        nango.log(f"On average closed after {total.total_seconds() / number / 3600:.2f} hours")


def timing(issue: dict, opened: datetime, until: datetime, is_open: bool) -> IssueTiming:
    return {
        "id": str(issue["number"]),
        "number": issue["number"],
        "hours_open": round((until - opened).total_seconds() / 3600, 1),
        "opened_on": opened.strftime("%d.%m.%Y %H:%M"),
        "weekday": opened.weekday(),
        "stale": is_open and until - opened > STALE_AFTER,
    }
