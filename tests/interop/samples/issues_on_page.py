# options: {"connection": "gh-1"}
# expect: {"requests": 2, "records": {"FollowedIssue": 42}, "logs": 2}
#| integration: github
#| runs: every day
#| output: FollowedIssue
#| endpoint: GET /dev/followed
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    def followed(next_page, response):
        nango.log(f"{response.status}, then {'another page' if next_page else 'the end'}")

    for page in nango.paginate(
        "/repos/nangonb-demo/connectors/issues",
        params={"state": "all"},
        paginate={"limit": 25, "on_page": followed},
    ):
        nango.batch_save(
            [{"id": str(i["id"]), "number": i["number"], "title": i["title"], "url": i["url"]} for i in page],
            "FollowedIssue",
        )
