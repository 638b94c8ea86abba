# options: {"connection": "gh-1"}
# expect: {"requests": 3, "records": {"PullRequest": 13}}
#| integration: github
#| runs: every day
#| output: PullRequest
#| endpoint: GET /dev/pulls
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    for issues in nango.paginate(
        "/repos/nangonb-demo/quickstart/issues",
        params={"state": "all", "direction": "asc"},
        paginate={
            "type": "offset",
            "offset_name_in_request": "page",
            "offset_start_value": 1,
            "offset_calculation_method": "per-page",
            "limit_name_in_request": "per_page",
            "limit": 60,
        },
    ):
        pulls = [issue for issue in issues if issue.get("pull_request")]
        nango.batch_save(
            [
                {"id": str(pull["id"]), "number": pull["number"], "title": pull["title"], "url": pull["pull_request"]["url"]}
                for pull in pulls
            ],
            "PullRequest",
        )
