# options: {"writes": true, "connection": "conn-2", "input": {"id": "003Dm0000B00004IQA", "title": "  Rear Admiral ", "department": "Research"}}
# expect: {"requests": 3, "logs": 1, "output": ["after", "before", "changed", "id"]}
#| integration: salesforce
#| input: ContactUpdate
#| output: UpdateResult
#| endpoint: PATCH /crm/contact
from nangonb import NangoAction
from nangonb.models import ContactUpdate, UpdateResult

FIELDS = {"title": "Title", "department": "Department"}


def run_action(nango: NangoAction, input: ContactUpdate) -> UpdateResult:
    path = f"/services/data/v53.0/sobjects/Contact/{input['id']}"
    before = nango.get(path).data

    changes = {}
    for ours, theirs in FIELDS.items():
        value = input.get(ours)
        if value is None:
            continue
        value = value.strip()
        if value != before[theirs]:
            changes[theirs] = value
    if not changes:
        return {"id": input["id"], "changed": [], "before": {}, "after": {}}

    nango.patch(path, data=changes)
    after = nango.get(path).data
    nango.log(f"Changed {' and '.join(changes)} of {before['Name']}")
    return {
        "id": input["id"],
        "changed": list(changes.keys()),
        "before": {name: before[name] for name in changes},
        "after": {name: after[name] for name in changes},
    }
