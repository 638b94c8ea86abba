# options: {"connection": "gh-1"}
# expect: {"requests": 1, "records": {"IssueBody": 7}}
#| integration: github
#| runs: every day
#| output: IssueBody
#| endpoint: GET /dev/bodies
import base64

from nangonb import NangoSync
from nangonb.models import IssueBody


def fetch_data(nango: NangoSync) -> None:
    for page in nango.paginate("/repos/nangonb-demo/docs/issues", params={"state": "all"}):
        nango.batch_save([to_body(issue) for issue in page], "IssueBody")


def to_body(issue: dict) -> IssueBody:
    body = issue["body"]
    if body is None:
        return {
            "id": str(issue["number"]),
            "title": issue["title"].upper(),
            "summary": None,
            "items": [],
            "words": 0,
            "encoded": None,
        }
    lines = [line.strip() for line in body.splitlines()]
    return {
        "id": str(issue["number"]),
        "title": issue["title"].upper(),
        "summary": lines[0].rstrip("."),
        "items": [line[2:] for line in lines if line.startswith("- ")],
        "words": sum(len(line.split()) for line in lines),
        "encoded": base64.b64encode(body.encode()).decode("ascii"),
    }
