# options: {"connection": "conn-1", "input": {"rows": [{"email": "Chloe.Dvorak.0@example.com ", "age": "41"}, {"email": "nobody", "age": "12"}, {"email": "a@b.cc", "age": "x"}, {"age": "7"}, {"email": "ada.nguyen.18@example.com", "age": " 33 "}]}}
# expect: {"requests": 2, "output": ["accepted", "checked", "rejected"]}
#| integration: salesforce
#| input: ImportRows
#| output: ImportReport
#| endpoint: POST /crm/import-check
import re

from nangonb import NangoAction
from nangonb.models import ImportReport, ImportRows

PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)


def run_action(nango: NangoAction, input: ImportRows) -> ImportReport:
    accepted: list[dict] = []
    rejected: list[dict] = []
    for number, row in enumerate(input["rows"], start=1):
        try:
            checked = check(row)
        except KeyError:
            rejected.append({"row": number, "reason": "a column is missing"})
        except ValueError:
            rejected.append({"row": number, "reason": "a value cannot be read"})
        else:
            checked["known"] = is_known(nango, checked["email"])
            accepted.append({"row": number, **checked})
    if not accepted:
        raise nango.ActionError("No row can be imported", rejected=rejected)
    return {"accepted": accepted, "rejected": rejected, "checked": len(accepted) + len(rejected)}


def check(row: dict) -> dict:
    email = row["email"].strip().lower()
    if not PATTERN.fullmatch(email):
        raise ValueError("not an address")
    age = int(row["age"])
    return {"email": email, "age": age, "adult": 18 <= age < 120}


def is_known(nango: NangoAction, email: str) -> bool:
    found = nango.get(
        "/services/data/v53.0/query",
        params={"q": f"SELECT Id FROM Contact WHERE Email = '{email}' LIMIT 1"},
    )
    return len(found.data["records"]) == 1
