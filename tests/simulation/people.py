"""The people: what they read, and what they text next. Mostly what gets them to a payment, sometimes anything."""

import re
from dataclasses import dataclass
from random import Random

ANYTHING = (
    *("PAY", "STATUS", "RECEIPT", "BACK", "MENU", "HELP", "BAL", "RESEND", "BILL", "1", "2", "3", "20", "half", "bank"),
    *("STOP", "please stop texting me", "START", "UNSTOP", "hello", "ESPANOL", "thanks", "000000", ""),
)
_LINK = re.compile(r"/p/(\w{22})")
_KEY = re.compile(r"(?<![\d.,])\d{6}(?!\d)")
# What a text asks for (English or Spanish), and what may be answered.
_ANSWERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"from a bank .*Reply 1 to pay, 2 other sum", ("1", "1", "1", "1", "3")),
    (r"Reply 1 to pay, 2 other sum|responda 1 para pagar, 2", ("1", "1", "1", "1", "3", "3", "2")),
    (r"Reply 1 to pay it all|Reply 1 to pay all|1 para pagar todo", ("1", "1", "1", "20", "half")),
    (r"For another account, reply with its number", ("1", "1", "{number}")),
    (r"What is the account number|cu[aá]l es el n[uú]mero", ("{number}",)),
    (r"house number and ZIP", ("{address}",)),
    (r"Reply with it\.", ("BILL", "{key}", "{key}")),
    (r"Look at the bill|amount and due date|amount and the due date", ("{printed}",)),
    (r"chat ended to keep it safe", ("1", "1", "PAY")),
    (r"Pay here:|Pay \$[\d.,]+ here", ("STATUS", "PAY", "BACK")),
    (r"no more texts from us", ("START", "UNSTOP", "PAY")),
)
ANSWERS = [(re.compile(asked, re.IGNORECASE), answers) for asked, answers in _ANSWERS]


@dataclass
class Somebody:
    """A person with a phone. `number` and `address` are of the account that they mean to pay."""

    name: str
    phone: str
    number: str
    address: str
    holder_phone: str

    def next_words(self, dice: Random, screen: list[str], holders_screen: list[str], printed: str) -> str:
        """What they text, given what they have read; `printed` is amount and due date on the bill."""
        if dice.random() < 0.08:
            return dice.choice(ANYTHING)
        last = screen[-1] if screen else ""
        for asked, answers in ANSWERS:
            if asked.search(last):
                if "{number}" in answers and self.phone != self.holder_phone:
                    answers = ("{number}",)
                known = {"number": self.number, "address": self.address, "printed": printed}
                return dice.choice(answers).format(**known, key=last_key(holders_screen))
        return "PAY"

    def links(self, screen: list[str]) -> list[str]:
        """The tokens of the short links that they have read."""
        return [found[1] for text in screen for found in _LINK.finditer(text)]


def last_key(screen: list[str]) -> str:
    """The last key on this phone, as somebody would read it out."""
    keys = [found[0] for text in screen for found in _KEY.finditer(text)]
    return keys[-1] if keys else "123456"


MARY = "+12175550116"
PEOPLE = (
    Somebody("Ana", "+12175550111", "0012345678", "1423 62701", "+12175550111"),
    Somebody("Ben", "+12175550112", "0012345678", "1423 62701", "+12175550111"),  # pays for Ana
    Somebody("Dev", "+12175550114", "0045678901", "310 62704", "+12175550114"),
    Somebody("Eli", "+12175550115", "0087654321", "5 62701", MARY),  # pays for his mother
    Somebody("Mary", MARY, "0087654321", "5 62701", MARY),
)
