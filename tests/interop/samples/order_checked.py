# options: {"connection": "gh-1", "input": {"repo": "a/b"}, "layouts": ["zero-yaml"]}
# expect: {"requests": 0, "error": "action_script_runtime_error", "logs": 1}
#| integration: github
#| input: IssueOrder
#| output: IssueOutcome
#| endpoint: POST /dev/checked-order
from nangonb import NangoAction
from nangonb.models import IssueOrder, IssueOutcome


def run_action(nango: NangoAction, input: IssueOrder) -> IssueOutcome:
    nango.zod_validate_input(zod_schema=IssueOrder, input=input)
    return {"status": 200, "title": input["title"]}
