"""The world in miniature: Stripe, Twilio, a mail server, phones and a till, on this machine. Never deployed."""
