"""Hearing sums and printed bills."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Choice, Portion, PrintedBill, Sum
from bot.hearing import amount, printed_bill
from bot.money import Money
from bot.text import clean
from tests.bot.hearing import anything, heard, typed, understood
from tests.bot.oracles import MISSING, load

ENGLISH, SPANISH = (load(f"money/NumberWithUnit-{language}-CurrencyModel.json") for language in ("English", "Spanish"))
DOLLARS = {"Dollar", "United States dollar", "Dólar", "Dólar estadounidense"}


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("50", 5000), ("$50.00", 5000), ("50$", 5000), ("$ 50", 5000), ("50.5", 5050), (".50", 50), (".5", 50),
        ("$.50", 50), ("1,234.56", 123456), ("1234.56", 123456), ("50 dollars", 5000), ("50 bucks", 5000),
        ("50 dólares", 5000), ("USD 50", 5000), ("50 usd", 5000), ("US$50", 5000), ("usd$ 15", 1500),
        ("$50 USD", 5000), ("50!", 5000), ("50.", 5000), ("pay 50", 5000), ("I want to pay $50 please", 5000),
        ("quiero pagar 50 por favor", 5000), ("💵50", 5000), ("５０", 5000), ("$5", 500), ("5.00", 500),
        ("5 dollars", 500), ("3 dollars 50 cents", 350), ("15 dolares con 50", 1550), ("999,999.99", 99999999),
        ("𝟝𝟘", 5000), ("10", 1000), ("0.01", 1),
    ],
)  # fmt: skip
def test_a_sum_is_heard(text, cents):
    assert heard(amount, text) == Sum(Money(cents))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("٣٤", "?digits"), ("५०", "?digits"), ("٣٫٥٠", "?digits"), ("50½", "?"), ("5O.00", "?amount.two_numbers"),
        ("50 60", "?amount.two_numbers"), ("50-60", "?amount.two_numbers"), ("50\u200b00", "?amount.two_numbers"),
        ("50²", "?amount.two_numbers"), ("1'234.56", "?amount.two_numbers"),
        ("$50; amount=1", "?amount.two_numbers"), ("-50", "?amount.negative"), ("$-50", "?amount.negative"),
        ("- $50", "?amount.negative"), ("(50)", "?amount.negative"), ("50 EUR", "?amount.currency"),
        ("£50", "?amount.currency"), ("€50", "?amount.currency"), ("50 pesos", "?amount.currency"),
        ("cad 50", "?amount.currency"), ("mxn$ 15", "?amount.currency"), ("1.234,56", "?amount.comma"),
        ("84,20", "?amount.comma"), ("0.001", "?amount.decimals"), ("50.123", "?amount.decimals"),
        ("1000000", "?amount.too_large"), ("9" * 320, "?amount.too_large"), ("$0", "?amount.zero"),
        ("0.00", "?amount.zero"), ("pay 1", "?amount.which"), ("Infinity", "?"), ("NaN", "?"), ("fifty", "?"),
        ("this", "?"), ("pay this", "?"), ("bill", "?"), ("not this bill", "?"),
        ("50k", "?"), ("50%", "?"), ("not all", "?"), ("don't pay 50", "?"), ("all but 5", "?"), ("half of 50", "?"),
        ("050", "?"), ("1,2345", "?"), ("50.00.00", "?"), ("", "?"), ("pay", "?"), (".", "?"), ("$", "?"),
        ("BACK", "?"), ("1 2", "?amount.two_numbers"), ("1/2", "?amount.two_numbers"), ("+50", "?"), ("~50", "?"),
        ("1e9", "?amount.two_numbers"), ("1e400", "?amount.two_numbers"), ("0x10", "?amount.two_numbers"),
        ("(1)", "?amount.negative"), ("Liked “Reply with a sum like 50.”", "?"), ("👍 to “50”", "?"),
    ],
)  # fmt: skip
def test_what_could_be_misread_is_asked_back(text, says):
    assert heard(amount, text) == says


@pytest.mark.parametrize(
    "text", ["1", "1.", "#1", "1)", "option 1", "opción 1", "one", "uno", "1 please", "1️⃣", " 1 \n"]
)
def test_a_single_digit_is_a_choice(text):
    assert heard(amount, text) == Choice(1)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("all", "full"), ("full", "full"), ("everything please", "full"), ("todo", "full"),
        ("the full amount", "full"), ("pay it all", "full"), ("total", "full"), ("balance", "full"),
        ("in full", "full"), ("el saldo total", "full"), ("todo el saldo", "full"), ("half", "half"),
        ("la mitad", "half"), ("pay half", "half"), ("half of the balance", "half"), ("past due", "past_due"),
        ("Overdue", "past_due"), ("lo vencido", "past_due"), ("atrasado", "past_due"),
        ("the past due amount", "past_due"), ("minimum", "minimum"), ("the minimum due", "minimum"),
        ("mínimo", "minimum"), ("this bill", "current"), ("Just this bill.", "current"), ("current", "current"),
        ("only the current bill", "current"), ("this month's bill", "current"), ("NEW", "current"),
        ("pay the new charges please", "current"), ("esta factura", "current"), ("solo lo de este mes", "current"),
        ("lo actual", "current"), ("NUEVO", "current"), ("los cargos nuevos", "current"),
    ],
)  # fmt: skip
def test_a_share_is_heard(text, share):
    assert heard(amount, text) == Portion(share)


@given(st.integers(1, 99_999_999), st.sampled_from(["{}", "${}", "{} dollars", "pay {}", "{:,}"]))
def test_a_printed_sum_is_heard_again(cents, form):
    whole = f"{cents // 100:,}" if form == "{:,}" else str(cents // 100)
    assert heard(amount, form.replace(":,", "").format(f"{whole}.{cents % 100:02}")) == Sum(Money(cents))


@given(typed | anything)
def test_what_is_heard_as_a_sum_was_written(text):
    answer = heard(amount, text)
    if isinstance(answer, Sum):
        written = "".join(re.findall("[0-9]", clean(text)))
        assert str(answer.money.minor).rstrip("0") in written
        assert heard(amount, f"${answer.money.decimal()}") == answer


@pytest.mark.skipif(not ENGLISH, reason=MISSING)
@pytest.mark.parametrize("examples", [ENGLISH, SPANISH], ids=["english", "spanish"])
def test_a_sum_in_a_sentence_is_right_or_asked_back(examples):
    wrong = []
    for example in examples:
        answer = heard(amount, example["Input"])
        if isinstance(answer, Sum):
            sums = [found["Resolution"] for found in example["Results"] if found["Resolution"].get("unit") in DOLLARS]
            values = {round(float(found["value"].replace(",", ".")) * 100) for found in sums if found["value"]}
            if values != {answer.money.minor}:
                wrong.append((example["Input"], answer))
    assert wrong == []


ANAS = PrintedBill(Money(8420), 11, 25)


@pytest.mark.parametrize(
    "text",
    [
        "84.20 11/25", "11/25 84.20", "$84.20 due Nov 25", "25 nov 84.20", "nov. 25 84.20", "84.20 25 de noviembre",
        "84.20, 11/25", "84.20\n11-25", "amount: 84.20 due: 11/25", "monto 84.20 vence 25 nov", "25/11 84.20",
        "November 25th $84.20", "84.20 on 11/25", "$84.2 11/25", "my bill is 84.20 and the due date is 11/25",
    ],
)  # fmt: skip
def test_a_printed_bill_is_heard(text):
    assert heard(printed_bill, text) == ANAS


@pytest.mark.parametrize(
    "text",
    [
        "11/25/2026 84.20", "2026-11-25 84.20", "84.20 11/25/26", "nov 25 2026 84.20", "84.20 Nov 25, 2026",
        "84.20 11.25.2026", "84.20 25 de noviembre de 2026", "84.20 11-25-26", "84.20 25 nov 2026",
    ],
)  # fmt: skip
def test_the_year_of_a_printed_bill_is_heard(text):
    assert heard(printed_bill, text) == PrintedBill(Money(8420), 11, 25, 2026)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("25 nov 2026.50", PrintedBill(Money(202650), 11, 25)),
        ("nov 25 84", PrintedBill(Money(8400), 11, 25)),
        ("0.00 11/25", PrintedBill(Money(0), 11, 25)),
        (".50 11/25", PrintedBill(Money(50), 11, 25)),
        ("84.20 2/29", PrintedBill(Money(8420), 2, 29)),
        ("84.20 11/12", PrintedBill(Money(8420), 11, 12)),
        ("$1,084.20 12/5", PrintedBill(Money(108420), 12, 5)),
    ],
)
def test_unusual_bills_are_heard(text, answer):
    assert heard(printed_bill, text) == answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("84.20", "?printed_bill.date"), ("84.20 13/45", "?printed_bill.date"), ("84.20 2/30", "?printed_bill.date"),
        ("84.20 2/29/2027", "?printed_bill.date"), ("11/25", "?printed_bill.amount"),
        ("due nov 25", "?printed_bill.amount"), ("84.20 11/25 50", "?printed_bill.two"),
        ("11/25 11/26", "?printed_bill.two"), ("84.20 50 11/25", "?printed_bill.two"), ("84,20 11/25", "?"),
        ("-84.20 11/25", "?"), ("hello", "?"), ("", "?"), ("RESEND", "?"), ("٨٤ 11/25", "?digits"),
        ("84.205 11/25", "?amount.decimals"), ("not 84.20 11/25", "?"), ("£84.20 11/25", "?"),
        ("Liked “Reply like 84.20 11/25.”", "?"),
    ],
)  # fmt: skip
def test_what_is_missing_of_a_bill_is_named(text, says):
    assert heard(printed_bill, text) == says


WAYS = ["{a} {d.month}/{d.day}/{d.year}", "{d} ${a}", "{d.month}/{d.day}/{d.year} {a}", "${a} {d:%b} {d.day}, {d.year}"]


@given(st.integers(0, 99_999_999), st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(WAYS))
def test_a_bill_as_printed_is_heard(cents, due, form):
    text = form.format(a=Money(cents).decimal(), d=due)
    assert heard(printed_bill, text) == PrintedBill(Money(cents), due.month, due.day, due.year)


@given(typed | anything)
def test_a_bill_heard_is_heard_again(text):
    answer = heard(printed_bill, text)
    if understood(answer):
        year = f"/{answer.year}" if answer.year else ""
        assert heard(printed_bill, f"{answer.amount.decimal()} {answer.month}/{answer.day}{year}") == answer
