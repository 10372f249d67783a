"""The people of Prairie Light & Gas, invented: who they are, what they owe, what they text from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """An account. `owed` is the latest bill's total, `past_due` its part carried over from the bill before.

    `carried` is what the bill before came to when that was a credit (below zero), which this bill used up.
    """

    number: str
    name: str
    street: str
    zip: str
    owed: str
    mobile: str = ""
    email: str = ""
    language: str = "en"
    kind: str = "electric"
    status: str = "active"
    past_due: str = "0.00"
    carried: str = "0.00"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a phone, and what to know before texting as them."""

    name: str
    phone: str
    about: str


HOLDERS = (
    Holder("0012345678", "Ana Whitfield", "1423 Maple St", "62701", "84.20", "+12175550111", "ana@example.com"),
    Holder(
        "0023456789",
        "Ben Okafor",
        "208 Cedar Ave",
        "62702",
        "0.00",
        "+12175550112",
        "ben@example.com",
        carried="-71.30",
    ),
    Holder(
        "0034567890", "Cora Lindqvist", "77 Lake Dr", "62703", "0.00", "+12175550113", status="closed", carried="-46.80"
    ),
    Holder("0045678901", "Dev Patel", "1500 Oak Ridge Rd", "62704", "132.64", "+12175550114", "dev@example.com"),
    Holder(
        "0045678919",
        "Dev Patel",
        "1500 Oak Ridge Rd",
        "62704",
        "118.05",
        "+12175550114",
        "dev@example.com",
        kind="gas",
        past_due="61.35",
    ),
    Holder("0087654321", "Mary Novak", "5 Birch Ln", "62701", "61.45", "+12175550116", language="es", kind="gas"),
    Holder("0056789012", "Finn Adeyemi", "640 Walnut St", "62703", "-12.40", "+12175550117", carried="-98.15"),
    Holder(
        "0067890123",
        "Gus Romero",
        "31 Prairie Ave",
        "62701",
        "212.75",
        "+12175550118",
        status="locked",
        past_due="104.10",
    ),
    Holder("0078901234", "Hana Sato", "1212 Birch Ln Apt 4", "62704", "0.37", "+12175550119", carried="-83.20"),
    Holder("0089012345", "Ida Kessler", "55 Elm St", "62702", "46.12", email="ida@example.com", kind="gas"),
    Holder("0090123456", "Luz Herrera", "318 Spruce St", "62703", "91.45", "+12175550120", language="es"),
)

OWNERS = (
    Owner("Ana", "+12175550111", "Her mobile is on file. Account 0012345678, 1423 Maple St, 62701: owes $84.20."),
    Owner("Ben", "+12175550112", "On file. Account 0023456789, 208 Cedar Ave, 62702: owes nothing."),
    Owner("Cora", "+12175550113", "On file. Account 0034567890, 77 Lake Dr, 62703: closed."),
    Owner("Dev", "+12175550114", "On file, two accounts at 1500 Oak Ridge Rd, 62704: 0045678901 and 0045678919."),
    Owner(
        "Eli",
        "+12175550115",
        "Pays for his mother Mary: account 0087654321, 5 Birch Ln, 62701. Mary gets the key.",
    ),
    Owner("Mary", "+12175550116", "Eli's mother. On file. Account 0087654321, 5 Birch Ln, 62701: owes $61.45."),
    Owner("Luz", "+12175550120", "Habla español. Account 0090123456, 318 Spruce St, 62703: owes $91.45."),
    Owner(
        "Stranger",
        "+12175550199",
        "A neighbour, to pay for Ida: 0089012345, 55 Elm St, 62702. Her key goes by mail.",
    ),
)
