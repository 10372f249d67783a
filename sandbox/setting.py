"""What the miniature world has to know of the program it plays against."""

from dataclasses import dataclass, field

from sandbox.calling import Call, call
from sandbox.mint import Mint


@dataclass(slots=True)
class Setting:
    """Addresses and secrets that both sides share, and where time, ids and the way to the program come from.

    `app_url` is where the program listens. `public_url` is what it calls itself, if that differs: signatures are made
    over it, and addresses under it are called at `app_url`. `own_url` is ours, known once we listen.
    `bank_settles_after` pays pending bank debits by themselves after so many seconds; None leaves that to a person.
    `debits_show_early` puts a bank debit into the balance, pending, as soon as somebody pays, and if it fails takes it
    out with a `payment_failure_refund`, as Stripe does; without it, it is there once the bank has paid.
    `retry_delays` are the seconds between tries of a webhook; the last one repeats.
    """

    app_url: str
    twilio_sid: str
    twilio_token: str
    stripe_key: str
    webhook_secret: str
    twilio_number: str
    public_url: str = ""
    merchant: str = "Prairie Light & Gas"
    bank_settles_after: float | None = None
    debits_show_early: bool = False
    retry_delays: tuple[float, ...] = (1, 2, 4, 8, 15, 30, 60)
    advanced_opt_out: bool = False
    own_url: str = ""
    mint: Mint = field(default_factory=Mint)
    call: Call = call

    def public(self, path: str) -> str:
        """The program's address of this path, as it knows it itself."""
        return (self.public_url or self.app_url).rstrip("/") + path

    def reach(self, url: str) -> str:
        """Where to call that address from here."""
        home = self.public_url.rstrip("/")
        return self.app_url.rstrip("/") + url[len(home) :] if home and url.startswith(home) else url
