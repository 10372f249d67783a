"""Utility profiles: a faulty one stops the start, and says which file and what is wrong with it."""

import pytest

from bot.money import Money
from config import profiles
from config.settings import BadSetting


@pytest.fixture
def prairie(pytestconfig):
    return (pytestconfig.rootpath / "config/utilities/prairie.toml").read_text("utf-8")


def load(folder, text, name="prairie.toml"):
    (folder / name).write_text(text, "utf-8")
    return profiles.load(folder, {"en", "es"})


def test_the_demo_utility_is_read(tmp_path, prairie):
    utility = load(tmp_path, prairie)["prairie"]
    assert utility.brand == "Prairie Light & Gas"
    assert utility.fees == {"card": Money(175), "bank": Money(0)}
    assert (utility.account_form.digits, utility.smallest, utility.link_minutes) == (10, Money(500), 60)


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('brand = "Prairie Light & Gas"', "", "brand is missing"),
        ('"America/Chicago"', '"America/Springfield"', "time_zone must be one that exists"),
        ('"+12175550100"', '"217-555-0100"', "not an E.164 phone number"),
        ("digits = 10", "digits = 9", "account_number.digits"),
        ('card = "1.75"', 'card = "1.755"', "an amount is written like 84.20"),
        ('largest = "10000.00"', 'largest = "999999.00"', "999999.99"),
        ('smallest = "5.00"', 'smallest = "0.20"', "0.50"),
        ('currency = "USD"', 'currency = "JPY"', "currency must be USD or CAD"),
        ('currency = "USD"', 'currency = "CAD"', "only USD can be paid from a bank"),
        ('languages = ["en", "es"]', 'languages = ["en", "fr"]', "agent.hours"),
        ("link_minutes = 60", "link_minutes = 2", "link_minutes"),
        ('es = "lun-vie 8 AM-6 PM"', "", "agent.hours"),
        ("[fees]", "[fees", "prairie.toml"),
    ],
)
def test_a_fault_is_named(tmp_path, prairie, was, becomes, complaint):
    assert was in prairie
    with pytest.raises(BadSetting, match=r"^prairie\.toml: ") as bad:
        load(tmp_path, prairie.replace(was, becomes))
    assert complaint in str(bad.value)


def test_two_utilities_cannot_answer_on_one_number(tmp_path, prairie):
    load(tmp_path, prairie)
    with pytest.raises(BadSetting, match="another profile answers on one of its numbers"):
        load(tmp_path, prairie, "second.toml")


def test_a_folder_without_profiles_is_refused(tmp_path):
    with pytest.raises(BadSetting, match="at least one profile"):
        profiles.load(tmp_path, {"en"})


def test_a_language_without_words_is_refused(tmp_path, prairie):
    (tmp_path / "prairie.toml").write_text(prairie, "utf-8")
    with pytest.raises(BadSetting, match=r"^prairie\.toml: we have no words in es$"):
        profiles.load(tmp_path, {"en"})
