"""What happens with money at the miniature Stripe, and tells its events: people pay, refunds go back, banks dispute."""

from sandbox.stripe_disputing import Disputing
from sandbox.stripe_paying import Paying
from sandbox.stripe_paying_out import PayingOut
from sandbox.stripe_refunding import Refunding


class Till(Paying, Refunding, Disputing, PayingOut):
    """All doings of the miniature Stripe. Sums are in minor units."""
