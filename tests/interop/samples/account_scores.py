# options: {"connection": "conn-1", "metadata": {"weights": {"size": 2, "revenue": 3}, "minimum": 8}}
# expect: {"requests": 3, "records": {"AccountScore": 118}, "logs": 3}
#| integration: salesforce
#| runs: every day
#| output: AccountScore
#| endpoint: GET /crm/account-scores
from nangonb import NangoSync
from nangonb.models import AccountScore
from nangonb.modules.paging import query_all

DEFAULT_WEIGHTS = {"size": 1, "revenue": 1, "reach": 1}
SIZES = [(5000, 5), (1000, 4), (200, 3), (50, 2), (1, 1)]
WEB = ("https://www.", "https://", "http://")


def fetch_data(nango: NangoSync) -> None:
    settings = nango.get_metadata()
    weights = {**DEFAULT_WEIGHTS, **settings.get("weights", {})}
    minimum = settings.get("minimum", 0)

    reach: dict[str, int] = {}
    for contact in query_all(nango, "SELECT AccountId, Email FROM Contact WHERE Email != null"):
        account_id = contact["AccountId"]
        if account_id:
            reach[account_id] = reach.get(account_id, 0) + 1

    accounts = query_all(
        nango, "SELECT Id, Name, Industry, Website, NumberOfEmployees, AnnualRevenue FROM Account"
    )
    scores = []
    below = 0
    for account in accounts:
        score = score_of(account, reach.get(account["Id"], 0), weights)
        if score["score"] < minimum:
            below += 1
            continue
        scores.append(score)

    scores.sort(key=lambda score: score["score"], reverse=True)
    ranked = [{**score, "rank": rank} for rank, score in enumerate(scores, start=1)]
    for start in range(0, len(ranked), 25):
        nango.batch_save(ranked[start : start + 25], "AccountScore")

    nango.log(f"{len(ranked)} accounts score at least {minimum}, {below} do not")
    if ranked:
        best, worst = ranked[0], ranked[-1]
        nango.log(f"From {best['name']} ({best['score']}) to {worst['name']} ({worst['score']})")
    industries = sorted({row["industry"] for row in ranked})
    nango.log(f"Industries: {' / '.join(industries)}", level="debug")


def score_of(account: dict, contacts: int, weights: dict[str, int]) -> AccountScore:
    parts = {
        "size": size_points(account["NumberOfEmployees"]),
        "revenue": revenue_points(account["AnnualRevenue"]),
        "reach": min(contacts // 5, 5),
    }
    total = 0
    for name, points in parts.items():
        total += points * weights[name]
    return {
        "id": account["Id"],
        "rank": 0,
        "name": account["Name"],
        "score": total,
        "parts": parts,
        "industry": (account["Industry"] or "unknown").lower(),
        "domain": domain_of(account["Website"]),
        "contacts": contacts,
    }


def size_points(employees: int | None) -> int:
    if employees is None:
        return 0
    return next((points for least, points in SIZES if employees >= least), 0)


def revenue_points(revenue: float | None) -> int:
    points = 0
    step = 1000.0
    while revenue is not None and revenue > step and points < 6:
        points += 1
        step *= 10
    return points


def domain_of(website: str | None) -> str | None:
    if not website:
        return None
    for prefix in WEB:
        if website.startswith(prefix):
            website = website[len(prefix) :]
            break
    return website.split("/")[0]
