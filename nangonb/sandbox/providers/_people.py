"""Names, places and titles that demo records are made of. Invented or common; no real person or company."""

from __future__ import annotations

import orjson

from nangonb.sandbox import end_user

# Written name : what stands for it in an e-mail address, where that is not its lower case.
_FIRST = """
Ada Grace Linus Margaret Dennis Barbara Ken Zoë:zoe José:jose Ana Björn:bjorn
Chloé:chloe Łukasz:lukasz Ольга:olga 美咲:misaki 伟:wei أمل:amal Nguyễn:nguyen Søren:soren
Øyvind:oyvind Íñigo:inigo Žofie:zofie Γιώργος:giorgos नेहा:neha 지우:jiwoo Siân:sian
Mehmet İpek:ipek Amara Kwame Thandiwe Yusuf Leilani Tāne:tane Noa Ravi Priya Mateo
Lucía:lucia João:joao Élodie:elodie Jürgen:jurgen Ingrid Aoife Niamh Dmitri Катя:katya
Fatima Omar Sakura Hiroshi Min-jun Linh Wanjiru Tariq Esi Marek Agnieszka Renée:renee
Óscar:oscar Ivana
"""
_LAST = """
Lovelace Hopper Torvalds Hamilton Ritchie Liskov Thompson Müller:mueller García:garcia
O'Neil:oneil Østergård:ostergard Dvořák:dvorak Kowalski Nowak Иванова:ivanova 山田:yamada
王:wang الأحمد:alahmad Trần:tran Papadopoulos Παπαδάκης:papadakis Sharma Patel 김:kim
Yılmaz:yilmaz Okafor Mensah Dlamini Kamau Silva Fernández:fernandez Nuñez:nunez
Lefèvre:lefevre Dubois Groß:gross Schröder:schroeder Andersson Ångström:angstrom Nguyen
Le Cohen Levi Haddad Khan Singh Tanaka Suzuki Smith Jones Evans Ó_Briain:obriain MacLeod
Van_der_Berg:vanderberg D'Angelo:dangelo Rossi Ricci Horvat Novák:novak Szabó:szabo
Ionescu Popa Jansen De_Vries:devries Korhonen Mäkinen:makinen Virtanen
"""


def _read(names: str) -> tuple[list[str], list[str]]:
    pairs = [name.partition(":") for name in names.split()]
    return [name.replace("_", " ") for name, _, _ in pairs], [
        plain or name.lower() for name, _, plain in pairs
    ]


def _json(names: list[str]) -> list[str]:
    return [orjson.dumps(name).decode() for name in names]


FIRST, FIRST_ASCII = _read(_FIRST)
LAST, LAST_ASCII = _read(_LAST)
FIRST_JSON, LAST_JSON = _json(FIRST), _json(LAST)
TITLES = (
    "Account Manager", "Buyer", "Chief Executive Officer", "Consultant", "Controller", "Data Analyst",
    "Directrice générale", "Engineer", "Geschäftsführerin", "Head of Sales", "Office Manager",
    "Product Manager", "Responsable d'achats", "SVP, Operations", "Support Agent",
    "VP of Engineering", "技術部長",
)  # fmt: skip
DEPARTMENTS = ("Finance", "Legal", "Marketing", "Operations", "R&D", "Sales", "Vertrieb")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
CITIES = (
    "Berlin", "São Paulo", "Kraków", "東京", "Nairobi", "Montréal", "Reykjavík", "San José", "İstanbul",
    "Zürich", "Kyiv", "Hà Nội",
)  # fmt: skip
COUNTRIES = (
    "Germany", "Brazil", "Poland", "Japan", "Kenya", "Canada", "Iceland", "Costa Rica", "Türkiye",
    "Switzerland", "Ukraine", "Viet Nam",
)  # fmt: skip
INDUSTRIES = (
    "Agriculture",
    "Banking",
    "Biotechnology",
    "Education",
    "Energy",
    "Retail",
    "Technology",
    "Transport",
)
COMPANIES = (
    "Northwind Müller",
    "Blue Harbour",
    "Café Central",
    "Green & Sons",
    "Kappa",
    'Old "Mill"',
    "Ørsted Demo",
)
COMPANY_KINDS = ("GmbH", "Ltd", "S.A.", "Inc.", "株式会社", "B.V.")

ADA = end_user("user-1", "ada@acme.example", "Ada Lovelace", ("acme", "Acme Corp"))
ZOE = end_user("user-2", "zoe@globex.example", "Zoë Müller", ("globex", "Globex GmbH"))
JOSE = end_user("user-3", "jose@initech.example", "José García", ("initech", "Initech S.A."))
AOIFE = end_user("user-4", "aoife@vandelay.example", "Aoife Ó Briain", ("vandelay", "Vandelay Ltd"))
RAVI = end_user("user-5", "ravi@hooper.example", "Ravi Sharma", ("hooper", "Hooper B.V."))
