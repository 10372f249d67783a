"""A Stripe that gives a payment link at once and remembers nothing: `python -m bench.stripe_stand_in PORT`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qsl

_numbers = count(1)


class Stripe(BaseHTTPRequestHandler):
    """Answers `POST /v1/payment_links` with as much of a payment link as we read."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:  # the name that http.server looks for
        """One link."""
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        link = f"plink_{next(_numbers)}"
        answer = {
            "id": link,
            "object": "payment_link",
            "active": True,
            "livemode": False,
            "currency": "usd",
            "metadata": {"payment": form.get("metadata[payment]", "")},
            "url": f"https://buy.stripe.example/{link}",
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # the names that http.server uses
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Stripe).serve_forever()
