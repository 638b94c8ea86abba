# options: {"connection": "conn-1"}
# expect: {"requests": 1, "logs": 1, "output": ["fields"]}
#| integration: salesforce
#| output: ContactFieldList
#| endpoint: POST /crm/contact-fields
from nangonb import HTTPError, NangoAction
from nangonb.models import ContactFieldList, SalesforceField


def run_action(nango: NangoAction) -> ContactFieldList:
    try:
        response = nango.get("/services/data/v51.0/sobjects/Contact/describe")
        nango.log("Salesforce fields fetched!")
        return {"fields": [to_field(field) for field in response.data["fields"]]}
    except HTTPError as error:
        raise nango.ActionError("Failed to fetch fields", status=error.status, details=error.data)


def to_field(field: dict) -> SalesforceField:
    return {
        "id": field["name"],
        "label": field["label"],
        "type": field["type"],
        "required": not field["nillable"],
        "references": [name.lower() for name in field["referenceTo"]],
    }
