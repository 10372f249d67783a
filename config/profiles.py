"""Utility profiles: `config/utilities/<name>.toml`, read into `bot.utility.Utility` and checked."""

import tomllib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.money import Money
from bot.names import Phone
from bot.utility import AccountForm, Method, Surplus, Utility
from config.settings import BadSetting

STRIPE_SMALLEST, STRIPE_LARGEST = 50, 999_999_99  # minor units of one charge (RULES M8)


COPY = Path(__file__).parent.parent / "flows" / "copy"


def spoken() -> Set[str]:
    """The languages that we have words in."""
    return {path.stem for path in COPY.glob("*.toml")}


def load(folder: Path, languages: Set[str]) -> Mapping[str, Utility]:
    """Every profile of a folder, by name. `languages` are those that we have words in.

    Raises BadSetting, naming the file and what is wrong with it.
    """
    profiles = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    if not profiles:
        raise BadSetting("UTILITIES must be a folder with at least one profile, such as prairie.toml")
    for name, utility in profiles.items():
        if unknown := set(utility.languages) - languages:
            raise BadSetting(f"{name}.toml: we have no words in {', '.join(sorted(unknown))}")
    by_number(profiles)
    return profiles


def by_number(profiles: Mapping[str, Utility]) -> Mapping[str, Utility]:
    """Which utility answers on which number. Raises BadSetting if two claim the same."""
    found: dict[str, Utility] = {}
    for utility in profiles.values():
        for number in utility.numbers:
            if number in found:
                raise BadSetting(f"{utility.name}.toml: another profile answers on one of its numbers")
            found[number] = utility
    return found


def _read(path: Path) -> Utility:
    try:
        return _parse(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except ZoneInfoNotFoundError as error:
        raise BadSetting(f"{path.name}: time_zone must be one that exists, such as America/Chicago") from error
    except KeyError as error:
        raise BadSetting(f"{path.name}: {error.args[0]} is missing") from error
    except (ValueError, TypeError) as error:  # tomllib's and ZoneInfo's errors are ValueErrors too
        raise BadSetting(f"{path.name}: {error}") from error


def _parse(name: str, profile: Mapping[str, Any]) -> Utility:
    currency = profile["currency"]
    payments, agent, account = profile["payments"], profile["agent"], profile["account_number"]
    fees: dict[Method, Money] = {
        way: Money.parse(profile["fees"][way], currency) for way in get_args(Method) if way in profile["fees"]
    }
    utility = Utility(
        name=name,
        brand=profile["brand"],
        numbers=tuple(Phone(number).reveal() for number in profile["numbers"]),
        languages=tuple(profile["languages"]),
        currency=currency,
        zone=ZoneInfo(profile["time_zone"]),
        account_form=AccountForm(int(account["digits"]), str(account["example"])),
        fees=fees,
        smallest=Money.parse(payments["smallest"], currency),
        largest=Money.parse(payments["largest"], currency),
        link_minutes=int(payments["link_minutes"]),
        surplus=payments.get("surplus", "credit"),
        agent_phone=agent["phone"],
        agent_hours=dict(agent["hours"]),
        email_from=profile["email_from"],
        site=profile["site"],
    )
    _check(utility)
    return utility


def _check(utility: Utility) -> None:
    """What must hold between the values. Raises ValueError."""
    if not utility.numbers or not utility.languages or not utility.fees:
        raise ValueError("numbers, languages and fees each need at least one entry")
    if set(utility.languages) - set(utility.agent_hours):
        raise ValueError("agent.hours must be given in every language")
    if not 4 <= utility.account_form.digits <= 20 or len(utility.account_form.example) != utility.account_form.digits:
        raise ValueError("account_number.digits must be 4 to 20, and the example just as long")
    if any(fee.minor < 0 for fee in utility.fees.values()):
        raise ValueError("a fee cannot be below zero")
    dearest = utility.largest.minor + max(fee.minor for fee in utility.fees.values())
    if not STRIPE_SMALLEST <= utility.smallest.minor <= utility.largest.minor or dearest > STRIPE_LARGEST:
        raise ValueError("payments must be from 0.50 to 999999.99 with the fee, payments.smallest the smaller one")
    if utility.currency not in ("USD", "CAD") or (utility.currency != "USD" and "bank" in utility.fees):
        raise ValueError("currency must be USD or CAD, and only USD can be paid from a bank")
    if utility.surplus not in get_args(Surplus):
        raise ValueError('payments.surplus must be "credit" or "refund"')
    if not 5 <= utility.link_minutes <= 720:  # a time of day alone says when it ends
        raise ValueError("payments.link_minutes must be from 5 to 720")
