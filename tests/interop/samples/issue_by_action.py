# options: {"connection": "gh-1", "input": {"repo": "nothing/here", "title": "A title"}}
# expect: {"requests": 0, "output": ["status", "title"]}
#| integration: github
#| input: IssueOrder
#| output: IssueOutcome
#| endpoint: POST /dev/issue-by-action
from nangonb import HTTPError, NangoAction
from nangonb.models import IssueOrder, IssueOutcome


def run_action(nango: NangoAction, input: IssueOrder) -> IssueOutcome:
    try:
        nango.trigger_action("github", nango.connection_id, "no-such-action", {"title": input["title"]})
    except HTTPError as error:
        return {"status": error.status or 0, "title": input["title"]}
    return {"status": 200, "title": input["title"]}
