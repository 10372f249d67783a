"""Every attack of the oracles, against every parser that could meet it."""

import pytest

from bot.answers import Choice, Portion, Sum
from bot.hearing import account_number, amount, key, key_or_word, one_of, printed_bill, service_address
from bot.money import Money
from bot.text import BadText, clean
from tests.bot.hearing import heard, understood
from tests.bot.oracles import MISSING, load

ATTACKS = {attack["id"]: attack for attack in load("attacks.json") if not attack.get("raw") and "field" not in attack}
CONFIRM = one_of(3, {"pay": 1, "yes": 1, "no": 2})
PARSERS = [account_number, service_address, key, key_or_word, amount, printed_bill, CONFIRM]

# What `amount` makes of the attacks on it; any other must be asked back. (Whatever is heard is confirmed in ASCII.)
HEARD_AS = {
    "X005": Sum(Money(5000)),
    "X007": Sum(Money(1200)),
    "X035": Sum(Money(5000)),
    "X107": Sum(Money(123456)),
    "X129": Sum(Money(5050)),
    "X131": Sum(Money(50)),
    "X133": Sum(Money(5000)),
    "X141": Portion("full"),
    "X143": Portion("half"),
    "X145": Portion("minimum"),
}
KEYS = {"X013", "X015"}
CONFIRMED = {"X173", "X177"}


def of_state(*states):
    return sorted(id for id, attack in ATTACKS.items() if attack["state"] in states)


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", of_state("amount"))
def test_an_attack_on_the_amount_is_heard_right_or_asked_back(attack):
    answer = heard(amount, ATTACKS[attack]["input"])
    assert answer == HEARD_AS.get(attack) if attack in HEARD_AS else not understood(answer)


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", of_state("otp"))
def test_an_attack_on_the_key_is_heard_right(attack):
    assert attack in KEYS
    assert heard(key, ATTACKS[attack]["input"]).digits == "123456"


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", of_state("account"))
def test_an_attack_on_the_account_is_asked_back(attack):
    assert not understood(heard(account_number, ATTACKS[attack]["input"]))


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", [id for id in of_state("any", "keyword", "confirm", "name") if id != "X029"])
def test_an_attack_confirms_nothing_unless_it_says_yes(attack):
    answer = heard(CONFIRM, ATTACKS[attack]["input"])
    assert answer == Choice(1) if attack in CONFIRMED else not understood(answer)


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", [id for id in of_state("any", "keyword", "confirm", "name") if id != "X029"])
def test_an_attack_is_no_sum_and_no_bill(attack):
    text = ATTACKS[attack]["input"]
    assert not understood(heard(amount, text))
    assert not understood(heard(printed_bill, text))


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
@pytest.mark.parametrize("attack", [id for id in ATTACKS if id != "X029"])
def test_no_parser_breaks_on_an_attack(attack):
    for parser in PARSERS:
        heard(parser, ATTACKS[attack]["input"])


@pytest.mark.skipif(not ATTACKS, reason=MISSING)
def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(BadText):
        clean(ATTACKS["X029"]["input"])
