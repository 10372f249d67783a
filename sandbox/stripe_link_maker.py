"""Makes payment links, changes them and opens a checkout session for every visit."""

from sandbox import stripe_links, stripe_objects
from sandbox.setting import Setting
from sandbox.stripe_objects import Thing
from sandbox.stripe_params import StripeError, missing
from sandbox.stripe_store import Store

SMALLEST, LARGEST = 50, 99_999_999


class LinkMaker:
    """The miniature Stripe's payment links. Sums are in minor units."""

    def __init__(self, setting: Setting, store: Store) -> None:
        self._setting, self._mint = setting, setting.mint
        self._store = store

    def make(self, params: Thing) -> Thing:
        """A payment link from checked parameters."""
        with self._store.lock:
            lines = [self._line(line, at) for at, line in enumerate(params["line_items"])]
            if not 1 <= len(lines) <= 20:
                raise StripeError(400, "You can pass between 1 and 20 line items.", "", "line_items")
            if len({line["currency"] for line in lines}) > 1:
                raise StripeError(400, "All prices on a Payment Link must have the same currency.", "", "line_items")
            _bounds(sum(line["amount_total"] for line in lines))
            link = stripe_links.payment_link(self._mint, params, lines[0]["currency"], self._setting.own_url)
            self._store.set_lines(link["id"], lines)
            return self._store.add(link)

    def _line(self, line: Thing, at: int) -> Thing:
        quantity, data = line["quantity"], line.get("price_data")
        if "price" in line:
            price = self._store.get("price", line["price"])
            return stripe_objects.item(
                self._mint, price, self._store.get("product", price["product"])["name"], quantity
            )
        if data is None:
            raise missing(f"line_items[{at}][price]")
        path = f"line_items[{at}][price_data]"
        if "product" in data:
            product = self._store.get("product", data["product"])
        elif "product_data" in data:
            product = stripe_objects.product(self._mint, data["product_data"])
        else:
            raise missing(f"{path}[product]")
        _check_price(data, quantity, path)
        self._store.add(product)
        price = self._store.add(stripe_objects.price(self._mint, data, product["id"]))
        return stripe_objects.item(self._mint, price, product["name"], quantity)

    def change(self, link: Thing, params: Thing) -> Thing:
        """Turn it off or on, change its words. An empty text removes a value, as does an empty metadata value."""
        with self._store.lock:
            for name in ("active", "inactive_message", "payment_method_types"):
                if name in params:
                    link[name] = None if params[name] == "" else params[name]
            if "metadata" in params:
                link["metadata"] = merged(link["metadata"], params["metadata"])
            if "after_completion" in params:
                link["after_completion"] = stripe_links.after_completion(params["after_completion"])
            if "custom_text" in params:
                link["custom_text"] = stripe_links.custom_text({**link["custom_text"], **params["custom_text"]})
            if "payment_intent_data" in params:
                link["payment_intent_data"] = stripe_links.intent_data(params["payment_intent_data"])
            if "restrictions" in params:
                count = self.completed(link)
                limit = params["restrictions"]["completed_sessions"]["limit"]
                link["restrictions"] = {"completed_sessions": {"count": count, "limit": limit}}
            return link

    def completed(self, link: Thing) -> int:
        """How many visits to this link ended with a payment."""
        visits = [one for one in self._store.all("checkout.session") if one["payment_link"] == link["id"]]
        return sum(visit["status"] == "complete" for visit in visits)

    def visit(self, link: Thing) -> Thing:
        """A visit to a link that is on."""
        with self._store.lock:
            lines = [
                stripe_objects.item(self._mint, line["price"], line["description"], line["quantity"])
                for line in self._store.lines(link["id"])
            ]
            total = sum(line["amount_total"] for line in lines)
            session = self._store.add(stripe_links.checkout_session(self._mint, link, total, self._setting.own_url))
            self._store.set_lines(session["id"], lines)
            return session


def merged(old: Thing, new: Thing) -> Thing:
    """Metadata after an update: an empty value removes its key, an empty map removes all."""
    if not new:
        return {}
    return {name: value for name, value in {**old, **new}.items() if value != ""}


def _check_price(data: Thing, quantity: int, path: str) -> None:
    if "unit_amount" not in data:
        raise missing(f"{path}[unit_amount]")
    if data["unit_amount"] < 0 or quantity < 1:
        raise StripeError(400, "This value must be greater than or equal to 0.", "parameter_invalid_integer", path)
    if not (data["currency"].isascii() and data["currency"].isalpha() and len(data["currency"]) == 3):
        raise StripeError(400, f"Invalid currency: {data['currency']}.", "", f"{path}[currency]")


def _bounds(total: int) -> None:
    if total < SMALLEST:
        words = (
            f"The total amount of a Payment Link must be at least {dollars(SMALLEST)}. This one is {dollars(total)}."
        )
        raise StripeError(400, words, "amount_too_small")
    if total > LARGEST:
        raise StripeError(400, f"The total amount must be no more than {dollars(LARGEST)}.", "amount_too_large")


def dollars(minor: int) -> str:
    """A sum as Stripe's messages show it."""
    return f"${minor // 100:,}.{minor % 100:02}"
