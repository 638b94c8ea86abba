# options: {"connection": "conn-1"}
# expect: {"requests": 2, "records": {"ContactCard": 2271}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: ContactCard
#| endpoint: GET /crm/cards
from nangonb import NangoSync
from nangonb.models import ContactCard


def fetch_data(nango: NangoSync) -> None:
    soql = "SELECT Id, Name, Email, Phone, MailingCity, MailingCountry, HasOptedOutOfEmail, Title, Department FROM Contact"
    saved = 0
    pages = 0
    for records in nango.paginate(
        "/services/data/v53.0/query",
        params={"q": soql},
        paginate={"type": "link", "response_path": "records", "link_path_in_response_body": "nextRecordsUrl"},
    ):
        cards = [to_card(record) for record in records if record["Email"]]
        nango.batch_save(cards, "ContactCard")
        saved += len(cards)
        pages += 1
    nango.log(f"Saved {saved:,} cards from {pages} pages")


def to_card(record: dict) -> ContactCard:
    tags = [tag for tag in (record["Title"], record["Department"]) if tag is not None]
    return {
        "id": record["Id"],
        "name": record["Name"].strip(),
        "email": record["Email"].lower(),
        "phone": clean_phone(record["Phone"]),
        "location": {"city": record["MailingCity"], "country": record["MailingCountry"]},
        "subscribed": not record["HasOptedOutOfEmail"],
        "tags": tags,
    }


def clean_phone(phone: str | None) -> str | None:
    if phone is None:
        return None
    return phone.replace(" ", "").replace("+", "00")
