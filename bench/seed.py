"""The people of a measurement: as many as no limit of ours strikes, each with the same bill."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.texts import phone

PLACE = {
    "service_street": "1423 W Edwards St",
    "service_city": "Springfield",
    "service_state": "IL",
    "service_zip": "62701",
}
ADDRESS = "1423 62701"  # what proves it
PLAN = {"email": "", "language": "en", "kind": "electric", "rate_plan": "E1", "status": "active"}
BILL = {"currency": "USD", "amount_due": "84.20", "past_due": "0.00", "usage_quantity": "612", "usage_unit": "kWh"}


def own_account(number: int) -> str:
    """The account of the nth person, whose phone is on file."""
    return f"{number + 1:010}"


def other_account(number: int) -> str:
    """The account that the nth person pays as a guest: the phone on file is the holder's."""
    return f"{5_000_000_000 + number}"


def holder(number: int) -> str:
    """The phone of that holder, where the key goes."""
    return phone(5_000_000 + number)


def seed(folder: Path, people: int) -> dict[str, Path]:
    """Write accounts.csv and bills.csv for so many people; their paths, in the order to import them."""
    today = datetime.now(UTC).date()
    since = {"period_start": -40, "period_end": -10, "issued_on": -8, "due_on": 12}
    dates = {name: (today + timedelta(days=days)).isoformat() for name, days in since.items()}
    accounts, bills = [], []
    for number in range(people):
        for account, mobile in ((own_account(number), phone(number)), (other_account(number), holder(number))):
            name = {"account_number": account}
            accounts.append({**name, "holder_name": "Ana Ruiz", **PLACE, "mobile": mobile, **PLAN})
            bills.append({**name, **dates, **BILL})
    return {"accounts": _write(folder / "accounts.csv", accounts), "bills": _write(folder / "bills.csv", bills)}


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
    return path
