# options: {"connection": "conn-2", "input": {"id": "003Dm0000B00001IQA"}}
# expect: {"requests": 1, "output": ["email", "id", "location", "name", "phone", "subscribed", "tags"]}
#| integration: salesforce
#| input: ContactId
#| output: ContactCard
#| endpoint: GET /crm/contact
from nangonb import HTTPError, NangoAction
from nangonb.models import ContactCard, ContactId


def run_action(nango: NangoAction, input: ContactId) -> ContactCard:
    contact_id = input["id"]
    if len(contact_id) not in (15, 18):
        raise nango.ActionError("This is no Salesforce id", id=contact_id)
    try:
        contact = nango.get(f"/services/data/v53.0/sobjects/Contact/{contact_id}").data
    except HTTPError as error:
        if error.status == 404:
            raise nango.ActionError("No such contact", id=contact_id) from error
        raise

    return {
        "id": contact["Id"],
        "name": " ".join(part for part in [contact["FirstName"], contact["LastName"]] if part),
        "email": contact["Email"],
        "phone": contact["Phone"],
        "location": {
            "city": contact["MailingCity"],
            "country": contact.get("MailingCountry"),
        },
        "subscribed": not contact["HasOptedOutOfEmail"],
        "tags": sorted([tag for tag in [contact["Title"], contact["LeadSource"]] if tag]),
    }
