"""The people of every test: Ana owes $84.20, Ben nothing, Cora's account is closed, Dev has two, Eli pays for Mary.

Beside them: Gus has a credit, Lou's account is locked, Pia owes less than Stripe takes, Noa has no contact on file.
`cast` brings them in by the way that a utility does, the two imports.
"""

from io import StringIO
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.money import Money
from bot.names import AccountNumber, Address, Phone
from bot.ports import Clock
from bot.utility import AccountForm, Utility
from handlers.billing.imports import import_accounts, import_bills

PRAIRIE = Utility(
    name="prairie",
    brand="Prairie Light & Gas",
    numbers=("+12175550100",),
    languages=("en", "es"),
    currency="USD",
    zone=ZoneInfo("America/Chicago"),
    account_form=AccountForm(digits=10, example="0012345678"),
    fees={"card": Money(175), "bank": Money(0)},
    smallest=Money(500),
    largest=Money(1_000_000),
    link_minutes=60,
    agent_phone="(217) 555-0199",
    agent_hours={"en": "Mon-Fri 8 AM-6 PM", "es": "lun-vie 8 AM-6 PM"},
    email_from="pay@prairie.example",
    site="prairie.example",
)

ANA, BEN, CORA = AccountNumber("0012345678"), AccountNumber("0023456789"), AccountNumber("0034567890")
DEV, DEV_GAS = AccountNumber("0045678901"), AccountNumber("0045678902")
MARY, GUS, LOU = AccountNumber("0087654321"), AccountNumber("0056789012"), AccountNumber("0067890123")
PIA, NOA = AccountNumber("0078901234"), AccountNumber("0089012345")

ANAS_PHONE, BENS_PHONE, CORAS_PHONE = Phone("+12175550111"), Phone("+12175550112"), Phone("+12175550113")
DEVS_PHONE, MARYS_PHONE = Phone("+12175550114"), Phone("+12175550116")
LOUS_PHONE, PIAS_PHONE = Phone("+12175550117"), Phone("+12175550118")
ELIS_PHONE = Phone("+12175550115")  # his own; Mary is his mother, and no account has it on file

ACCOUNTS = """\
account_number,holder_name,service_street,service_city,service_state,service_zip,mobile,email,language,kind,rate_plan,status
0012345678,Ana Alvarez,1423 Maple St,Springfield,IL,62701,+12175550111,ana@example.org,en,electric,Home,active
0023456789,Ben Brown,77 Oak Ave,Springfield,IL,62702,+12175550112,ben@example.org,en,electric,Home,active
0034567890,Cora Clark,9 Elm Ct,Springfield,IL,62703,+12175550113,cora@example.org,en,electric,Home,closed
0045678901,Dev Das,310 Pine Rd,Springfield,IL,62704,+12175550114,dev@example.org,en,electric,Home,active
0045678902,Dev Das,310 Pine Rd,Springfield,IL,62704,+12175550114,dev@example.org,en,gas,Heating,active
0087654321,Mary Evans,5 Birch Ln,Springfield,IL,62701,+12175550116,mary@example.org,es,electric,Home,active
0056789012,Gus Green,21 Cedar St,Springfield,IL,62702,,gus@example.org,en,electric,Home,active
0067890123,Lou Lopez,8 Ash St,Springfield,IL,62703,+12175550117,lou@example.org,en,electric,Home,locked
0078901234,Pia Park,14 Fir St,Springfield,IL,62704,+12175550118,pia@example.org,en,electric,Home,active
0089012345,Noa Nolan,30 Yew St,Springfield,IL,62701,,,en,electric,Home,active
"""

BILLS = """\
account_number,period_start,period_end,issued_on,due_on,currency,amount_due,past_due,usage_quantity,usage_unit
0012345678,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,84.20,0.00,512,kWh
0023456789,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,0.00,0.00,0,kWh
0034567890,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,0.00,0.00,,
0045678901,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,142.75,60.00,498,kWh
0045678902,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,38.10,0.00,31.5,therm
0087654321,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,61.45,0.00,377,kWh
0056789012,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,-12.00,0.00,204,kWh
0067890123,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,200.00,0.00,840,kWh
0078901234,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,0.30,0.00,2,kWh
0089012345,2026-10-14,2026-11-12,2026-11-14,2026-12-05,USD,55.00,0.00,333,kWh
"""


def cast(engine: Engine, clock: Clock) -> None:
    """Bring everybody in, with their latest bill."""
    import_accounts(engine, PRAIRIE, StringIO(ACCOUNTS), clock)
    import_bills(engine, PRAIRIE, StringIO(BILLS), clock)


def texting(phone: Phone) -> Address:
    """That phone, on SMS."""
    return Address("sms", phone.reveal())
