# options: {"connection": "gh-2"}
# expect: {"requests": 3, "records": {"NumberedIssue": 28}}
#| integration: github
#| runs: every day
#| output: NumberedIssue
#| endpoint: GET /dev/numbers
import re
from urllib.parse import parse_qs, urlsplit

from nangonb import NangoSync

NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


def fetch_data(nango: NangoSync) -> None:
    params = {"per_page": 12, "state": "open", "page": 1}
    while params:
        response = nango.get("/repos/nangonb-demo/connectors/issues", params=params)
        nango.batch_save(
            [
                {"id": str(issue["number"]), "number": issue["number"], "title": issue["title"], "url": issue["html_url"]}
                for issue in response.data
            ],
            "NumberedIssue",
        )
        params = next_params(response.headers.get("link", ""))


def next_params(link: str) -> dict:
    match = NEXT.search(link)
    if match is None:
        return {}
    query = parse_qs(urlsplit(match.group(1)).query)
    return {name: values[0] for name, values in query.items()}
