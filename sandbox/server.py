"""The miniature world's server: `python -m sandbox.server` (with --help), or a `Sandbox` inside a test."""

import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from werkzeug.serving import BaseWSGIServer

from sandbox.calling import Call
from sandbox.calling import call as by_network
from sandbox.command_line import options
from sandbox.mail import MailCatcher
from sandbox.mint import Mint
from sandbox.post_office import Errand, PostOffice
from sandbox.setting import Setting
from sandbox.stripe_till import Till
from sandbox.switchboard import Switchboard
from sandbox.troubles import Seen, Trouble, Troubles
from sandbox.web import Served, listen, make_app


class Sandbox:
    """Stripe, Twilio and a mail server on this machine, for the program at `app_url`.

    `port` and `smtp_port` 0 take free ones, and keep them over a stop and a start. What was made stays, too, so a stop
    is an outage. Further settings, see `Setting`: public_url, bank_settles_after, retry_delays, advanced_opt_out.

    For a run that can be repeated exactly: time is what `clock` says (Unix seconds), ids come from `chance`, and
    `by_hand` nothing starts a thread or waits. Then nobody need `start` it: requests go to `app.test_client()`, or from
    the SDKs by `in_process.session_to(app)`, the program is reached by `call` (`in_process.call_to`), and what Stripe,
    Twilio and banks would do later are `errands`. An answer that gets lost is a `troubles.HungUp` from the test
    client, a slow one a `troubles.GaveUp`.
    """

    def __init__(
        self,
        app_url: str,
        twilio_sid: str,
        twilio_token: str,
        stripe_key: str,
        webhook_secret: str,
        twilio_number: str = "+12175550100",
        port: int = 0,
        smtp_port: int = 0,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        by_hand: bool = False,
        call: Call = by_network,
        **more: Any,
    ) -> None:
        shared = (app_url, twilio_sid, twilio_token, stripe_key, webhook_secret, twilio_number)
        self.setting = Setting(*shared, mint=Mint(clock, chance or random.SystemRandom()), call=call, **more)
        self._port = port
        office_clock = clock if by_hand else time.monotonic
        self._offices = tuple(PostOffice(name, office_clock, by_hand) for name in ("stripe post", "twilio post"))
        self._server: BaseWSGIServer | None = None
        self.troubles = Troubles(by_hand)
        self.mail = MailCatcher(smtp_port)
        self.till = Till(self.setting, self._offices[0])
        self.switchboard = Switchboard(self.setting, self._offices[1])
        self.app = make_app(self.setting, self.till, self.switchboard, self.mail, self.troubles)
        self._served = Served(self.app)
        if by_hand:
            self.setting.own_url = self.url

    def start(self) -> "Sandbox":
        """Listen, on 127.0.0.1 only."""
        self._server = listen(self.app, self._port)
        self._port = self._server.server_port
        self.setting.own_url = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._thread.start()
        self.mail.start()
        for office in self._offices:
            office.start()
        return self

    def stop(self) -> None:
        """Stop listening; connections are refused from now on."""
        assert self._server
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None
        self.mail.stop()
        for office in self._offices:
            office.stop()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._server:
            self.stop()

    @property
    def url(self) -> str:
        """Where we listen: the value of STRIPE_API_BASE and TWILIO_API_BASE."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def smtp_url(self) -> str:
        """Where mail is caught: the value of SMTP_URL."""
        return f"smtp://127.0.0.1:{self.mail.port}"

    @property
    def requests(self) -> list[Seen]:
        """Every API request so far."""
        return self.troubles.seen

    @property
    def errands(self) -> list[Errand]:
        """What is still to be done by hand, the soonest first; run them in any order, twice or never."""
        waiting = [errand for office in self._offices for errand in office.errands]
        return sorted(waiting, key=lambda errand: (errand.due, errand.number))

    def text(self, phone: str, body: str, media: int = 0, **more: str) -> list[str]:
        """Text the program as this phone; the answers that came at once. Later ones are in `received`."""
        return self.switchboard.text(phone, body, media, **more)

    def received(self, phone: str) -> list[str]:
        """Every text that reached this phone, in order."""
        return [bubble.body for bubble in self.switchboard.phones.get(phone, ()) if bubble.kind == "in"]

    def fail_next(self, counterpart: str, **how: Any) -> Trouble:
        """Let a coming request to "stripe" or "twilio" go wrong; `how` is described at `Trouble`."""
        trouble = Trouble(counterpart, **how)
        self.troubles.planned.append(trouble)
        return trouble

    def idle(self, timeout: float = 20.0) -> bool:
        """Wait until no request is being served, also none whose caller has hung up."""
        return self._served.idle(timeout)

    def quiet(self, timeout: float = 20.0) -> bool:
        """Wait until every webhook and status callback was tried once, and texts and automatic bank debits are done."""
        return all([office.quiet(timeout) for office in self._offices])


def main() -> None:
    """Serve until a signal."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Sandbox(**vars(options())) as sandbox:
        print(f"Sandbox: {sandbox.url}  mail: {sandbox.smtp_url}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
