# options: {"connection": "gh-1", "input": {"repository": "quickstart", "number": 9}}
# expect: {"requests": 4, "output": ["excerpt", "heading", "initials", "lines"]}
#| integration: github
#| input: IssueRef
#| output: IssueDigest
#| endpoint: GET /dev/digest
from nangonb import NangoAction
from nangonb.models import IssueDigest, IssueRef

WIDTH = 24


def run_action(nango: NangoAction, input: IssueRef) -> IssueDigest:
    first = input["number"]
    issues = [
        nango.get(f"/repos/nangonb-demo/{input['repository']}/issues/{number}").data
        for number in range(first, first + 4)
    ]
    lines = []
    for issue in issues:
        number = str(issue["number"]).rjust(4, "0")
        mark = "x" if issue["state"] == "closed" else " "
        lines.append(f"[{mark}] {number} {shorten(issue['title']):<{WIDTH}}|")
    titles = [issue["title"] for issue in issues]
    body = next((issue["body"] for issue in issues if issue["body"]), "")
    return {
        "heading": f"{'Digest'.center(12, '*')} {input['repository'].capitalize()}",
        "lines": lines,
        "excerpt": body[:30].replace("\n", " ") + ("…" if len(body) > 30 else ""),
        "initials": "".join([title[0] for title in reversed(titles)]).lower(),
    }


def shorten(text: str) -> str:
    if len(text) <= WIDTH:
        return text
    return text[: WIDTH - 1].rstrip() + "…"
