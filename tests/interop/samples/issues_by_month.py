# options: {"connection": "gh-1"}
# expect: {"requests": 5, "records": {"MonthlyIssues": 4}}
#| integration: github
#| runs: every day
#| output: MonthlyIssues
#| endpoint: GET /dev/months
from datetime import datetime

from nangonb import NangoSync
from nangonb.models import MonthlyIssues


def fetch_data(nango: NangoSync) -> None:
    issues = []
    for page in nango.paginate("/repos/nangonb-demo/quickstart/issues", params={"state": "all"}):
        issues.extend(page)
    nango.batch_save(months(issues), "MonthlyIssues")


def months(issues: list[dict]) -> list[MonthlyIssues]:
    found: dict[str, MonthlyIssues] = {}
    for issue in issues:
        month = datetime.fromisoformat(issue["created_at"]).strftime("%Y-%m")
        if month not in found:
            found[month] = {"id": month, "opened": 0, "closed": 0, "numbers": []}
        found[month]["opened"] += 1
        found[month]["numbers"].append(issue["number"])
        if issue["closed_at"] is not None and issue["closed_at"].startswith(month):
            found[month]["closed"] += 1
    for row in found.values():
        row["numbers"].sort()
        row["numbers"] = row["numbers"][:3] + row["numbers"][-2:]
    return [found[month] for month in sorted(found, reverse=True)]
