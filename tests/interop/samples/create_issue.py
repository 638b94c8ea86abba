# options: {"writes": true, "connection": "gh-1", "input": {"repository": "docs", "title": "Ünïcode & more", "body": "- one\n- two", "labels": ["bug", "  help wanted "]}}
# expect: {"requests": 1, "output": ["labels", "number", "url"]}
#| integration: github
#| input: NewIssue
#| output: CreatedIssue
#| endpoint: POST /dev/issue
from nangonb import NangoAction
from nangonb.models import CreatedIssue, NewIssue


def run_action(nango: NangoAction, input: NewIssue) -> CreatedIssue:
    payload = {
        "title": input.get("title", "Untitled"),
        "body": input.get("body"),
        "labels": [label.strip() for label in input.get("labels", [])],
    }
    response = nango.post(
        f"/repos/nangonb-demo/{input['repository']}/issues",
        data=payload,
        headers={"Accept": "application/vnd.github+json"},
        retries=0,
    )
    issue = response.data
    if response.status != 201:
        raise nango.ActionError("The issue was not created", status=response.status)
    return {
        "number": issue["number"],
        "url": issue["html_url"],
        "labels": [label["name"] for label in issue["labels"]],
    }
