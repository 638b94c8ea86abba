# options: {"connection": "conn-2"}
# expect: {"requests": 2, "records": {"SalesforceField": 25}, "logs": 2}
#| integration: salesforce
#| runs: every week
#| output: SalesforceField
#| endpoint: GET /crm/fields
from nangonb import NangoSync
from nangonb.models import SalesforceField

OBJECTS = ("Contact", "Account")
SKIPPED = {"SystemModstamp", "IsDeleted"}


def fetch_data(nango: NangoSync) -> None:
    for name in OBJECTS:
        described = nango.get(f"/services/data/v53.0/sobjects/{name}/describe", retries=2).data
        fields = [
            to_field(name, field)
            for field in described["fields"]
            if field["name"] not in SKIPPED and not field["name"].endswith("Date")
        ]
        nango.batch_save(fields, "SalesforceField")
        references = [field["id"] for field in fields if field["references"]]
        nango.log(f"{name}: {len(fields)} fields, references: {', '.join(references) or 'none'}")


def to_field(owner: str, field: dict) -> SalesforceField:
    return {
        "id": f"{owner}.{field['name']}",
        "label": field["label"],
        "type": field["type"],
        "required": not field["nillable"] and field["updateable"],
        "references": field["referenceTo"],
    }
