"""People who are in nobody else's test: each has an account of $84.20, a phone on file, and a friend who may pay."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

COUNT = 120


@dataclass(frozen=True)
class Person:
    """An account holder. `friend` is a phone that is on file nowhere."""

    account: str
    phone: str
    friend: str
    address: str

    @property
    def last4(self) -> str:
        return self.account[-4:]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log and no Redis may show."""
        return (self.account, self.phone[2:], self.friend[2:])


def person(number: int) -> Person:
    return Person(f"77{number:08d}", f"+1217557{number:04d}", f"+1217558{number:04d}", f"{100 + number} 62701")


def join_in(accounts: Path, bills: Path, today: date) -> None:
    """Write everybody into the demo's accounts.csv and bills.csv, too."""
    everybody = [person(number) for number in range(COUNT)]
    with accounts.open("a", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        for one in everybody:
            house, zip_code = one.address.split()
            place = (f"{house} Test St", "Springfield", "IL", zip_code)
            lines.writerow((one.account, "Nell Test", *place, one.phone, "", "en", "electric", "Home", "active"))
    with bills.open("a", newline="", encoding="utf-8") as file:
        days = [today - timedelta(days=ago) for ago in (40, 10, 8, -13)]
        csv.writer(file).writerows((one.account, *days, "USD", "84.20", "0.00", "512", "kWh") for one in everybody)
