# options: {"connection": "gh-1", "last_sync_date": "2026-03-01T09:15:30.250Z"}
# expect: {"requests": 2, "records": {"ChangedIssue": 54}, "logs": 1}
#| integration: github
#| runs: every 15 minutes
#| sync_type: incremental
#| output: ChangedIssue
#| endpoint: GET /dev/changed-issues
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    metadata = nango.get_metadata()
    owner, repo = metadata["owner"], metadata["repo"]
    params = {"state": "all", "sort": "updated", "direction": "asc", "per_page": 30}
    if nango.last_sync_date:
        params["since"] = nango.last_sync_date.isoformat()

    page = 1
    while True:
        response = nango.get(f"/repos/{owner}/{repo}/issues", params={**params, "page": page})
        issues = response.data
        for issue in issues:
            nango.batch_save([to_issue(issue)], "ChangedIssue")
        if "link" not in response.headers or 'rel="next"' not in response.headers["link"]:
            break
        page += 1
    nango.log(f"Read {page} pages of {owner}/{repo}")


def to_issue(issue: dict) -> dict:
    result = {name: issue[name] for name in ("number", "title", "state", "created_at", "updated_at", "closed_at")}
    result["id"] = f"{issue['number']}"
    result["author"] = issue["user"]["login"]
    result["labels"] = sorted(label["name"] for label in issue["labels"])
    return result
