# options: {"connection": "gh-1"}
# expect: {"requests": 2, "records": {"OpenIssue": 28}, "deleted": {"OpenIssue": 14}}
#| integration: github
#| runs: every hour
#| output: OpenIssue
#| endpoint: GET /dev/open-issues
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    closed_ids = []
    for state in ["open", "closed"]:
        for page in nango.paginate(
            "/repos/nangonb-demo/connectors/issues", params={"state": state, "direction": "asc"}
        ):
            if state == "closed":
                closed_ids += [issue["id"] for issue in page]
            else:
                nango.batch_save([to_issue(issue) for issue in page], "OpenIssue")
    nango.batch_delete([{"id": str(issue_id)} for issue_id in closed_ids], "OpenIssue")


def to_issue(issue):
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
