"""What we say: one module a conversation, and `copy/<language>.toml` with every sentence."""

from collections.abc import Mapping

from bot.flow import Flow
from flows.check_balance import CHECK_BALANCE
from flows.last_payment import LAST_PAYMENT
from flows.menu import MENU
from flows.pay_bill import PAY_BILL

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in (MENU, PAY_BILL, CHECK_BALANCE, LAST_PAYMENT)}
