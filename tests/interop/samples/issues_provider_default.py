# options: {"connection": "gh-1"}
# expect: {"requests": 3, "records": {"Issue": 124}, "logs": 3}
#| integration: github
#| runs: every hour
#| output: Issue
#| endpoint: GET /dev/issues
from nangonb import NangoSync
from nangonb.models import Issue


def fetch_data(nango: NangoSync) -> None:
    # GitHub's own pagination: link headers.
    for issues in nango.paginate(
        "/repos/nangonb-demo/quickstart/issues",
        params={"state": "all"},
        paginate={"limit": 50},
        retries=10,
    ):
        mapped = [to_issue(issue) for issue in issues if "pull_request" not in issue]
        nango.batch_save(mapped, "Issue")
        nango.log(f"{len(mapped)} of {len(issues)} are issues")


def to_issue(issue: dict) -> Issue:
    return {
        "id": str(issue["id"]),
        "number": issue["number"],
        "title": issue["title"],
        "state": issue["state"],
        "author": issue["user"]["login"],
        "labels": [label["name"] for label in issue["labels"]],
        "created_at": issue["created_at"],
        "updated_at": issue["updated_at"],
        "closed_at": issue["closed_at"],
    }
