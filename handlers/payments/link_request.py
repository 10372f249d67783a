"""What we ask Stripe for: one link for one payment (RULES M1, M3, M4, M9)."""

from typing import TYPE_CHECKING, Literal

import stripe

from bot.names import PaymentId
from bot.utility import Method
from handlers.payments.records import Record
from handlers.payments.wording import Wording

if TYPE_CHECKING:
    from stripe.params import PaymentLinkCreateParams, PaymentLinkCreateParamsLineItem

REFERENCE = "payment"  # the metadata key under which Stripe keeps our payment id

_STRIPE_METHODS: dict[Method, Literal["card", "us_bank_account"]] = {"card": "card", "bank": "us_bank_account"}


def link_request(record: Record, wording: Wording) -> "PaymentLinkCreateParams":
    """The parameters of `POST /v1/payment_links`.

    Bill and fee are two lines, one payment closes the link, and our reference goes on link and payment intent alike:
    a link's metadata reaches the checkout session alone. Made of the record and the copy only, so that asking again
    with the same idempotency key asks for the same thing.
    """
    reference = {REFERENCE: record.id.reveal()}
    lines = [_line(wording.about("pages.bill_line", record), record.amount.minor, record.amount.currency)]
    if record.fee:
        lines.append(_line(wording.about("pages.fee_line", record), record.fee.minor, record.fee.currency))
    return {
        "line_items": lines,
        "payment_method_types": [_STRIPE_METHODS[record.method]],
        "restrictions": {"completed_sessions": {"limit": 1}},
        "inactive_message": wording.about("pages.inactive_at_stripe", record),
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": wording.about("pages.done_at_stripe", record)},
        },
        "submit_type": "pay",
        "metadata": reference,
        "payment_intent_data": {"metadata": reference},
    }


def reference_in(metadata: stripe.StripeObject | None) -> PaymentId | None:
    """Our payment that this names, if it does: the metadata of a link, or of what came of one."""
    try:
        return PaymentId(str(metadata.to_dict().get(REFERENCE))) if metadata else None
    except ValueError:
        return None


def _line(name: str, minor: int, currency: str) -> "PaymentLinkCreateParamsLineItem":
    price = {"currency": currency.lower(), "unit_amount": minor, "product_data": {"name": name}}
    return {"price_data": price, "quantity": 1}  # type: ignore[typeddict-item]


def idempotency_key(record: Record) -> str:
    """Our own reference and version: it outlives a crash, as a random key would not (M7)."""
    return f"{record.id.reveal()}:{record.version}"
