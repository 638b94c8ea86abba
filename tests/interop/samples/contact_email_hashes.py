# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"ContactHash": 299}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: ContactHash
#| endpoint: GET /crm/avatars
import hashlib
import re

from nangonb import NangoSync
from nangonb.models import ContactHash

EMAIL = re.compile(r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$")


def fetch_data(nango: NangoSync) -> None:
    response = nango.get(
        "/services/data/v53.0/query", params={"q": "SELECT Id, Email FROM Contact WHERE Email != null"}
    )
    hashed = []
    refused = 0
    for record in response.data["records"]:
        email = record["Email"].strip().lower()
        if not EMAIL.match(email):
            refused += 1
            continue
        hashed.append(to_hash(record["Id"], email))
    nango.batch_save(hashed, "ContactHash")
    nango.log(f"{refused} addresses were refused", level="warn" if refused else "info")


def to_hash(contact_id: str, email: str) -> ContactHash:
    local, domain = email.split("@")
    digest = hashlib.sha256(f"{local}@{domain}".encode("utf-8")).hexdigest()
    return {
        "id": contact_id,
        "email": re.sub(r"(?<=.).(?=[^@]*?@)", "*", email),
        "domain": domain,
        "gravatar": f"https://gravatar.com/avatar/{digest[:32]}?d=identicon",
    }
