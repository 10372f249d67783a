"""Hearing: from what a person typed to an answer, by pure parsers, one for each kind of question.

Every parser takes the cleaned text (`bot.text.clean`) and the utility, and returns one of `bot.answers` or raises
`NotUnderstood(say)`, where `say` names the sentence `hearing.<say>` that helps, or is empty: the step's own words
again. They know ASCII digits only (RULES S3) and never guess: two numbers where one is expected are asked back.

- `digits`, of any parser: there are digits of another script
- `account_number.` too_short, too_long, two
- `service_address.` house, zip (that is what is missing), two (more bare numbers than two)
- `key.` too_short, too_long
- `amount.` two_numbers, currency, comma, decimals, too_large, zero, negative, which
- `printed_bill.` amount, date (that is what is missing), two
- `choice.one`: several different answers at once
"""

from bot.hearing.accounts import account_number
from bot.hearing.addresses import service_address
from bot.hearing.bills import printed_bill
from bot.hearing.choices import YES, Parser, one_of
from bot.hearing.keys import key, key_or_word
from bot.hearing.sums import amount

__all__ = [
    "YES",
    "Parser",
    "account_number",
    "amount",
    "key",
    "key_or_word",
    "one_of",
    "printed_bill",
    "service_address",
]
