"""How often things may be tried. Each number says where it comes from; none is a setting."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in any stretch of time as long as `window`."""

    count: int
    window: timedelta


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# RULES S2: independently for who asks and for the account asked about, so that neither one phone walking through
# many accounts nor many phones trying one account gets far.
LOOKUPS_BY_ADDRESS = Limit(10, HOUR)
LOOKUPS_OF_ACCOUNT = Limit(10, HOUR)

# RULES S1 (NIST 800-63B-4 section 3.2.2, ASVS 6.5). Counted for an address over all accounts: going on with the next
# account would otherwise give five fresh tries.
WRONG_BY_ADDRESS = Limit(5, HOUR)
# RULES S1: what many phones together may do to one account. The phone on file is not held to it.
WRONG_OF_ACCOUNT = Limit(10, DAY)

# RULES S1: the first lock-out lasts an hour, each further one twice as long, up to a day.
FIRST_LOCKOUT = HOUR
LONGEST_LOCKOUT = DAY
# Ours: a lock-out counts as a repeat for a month, one billing period; who paid a bill in peace since starts over.
LOCKOUT_REMEMBERED = timedelta(days=30)

# RULES S2, P3. Half a minute is about what a text takes; ten minutes is a key's life; the day's cap ends a nuisance.
KEY_PAUSE = timedelta(seconds=30)
KEYS_FOR_ADDRESS = (Limit(1, KEY_PAUSE), Limit(3, timedelta(minutes=10)), Limit(10, DAY))
# RULES S2, P3: the holder's phone must not ring all day because strangers take turns. Twice the day's cap of
# an address (ours): two helpers of one household may each have a bad day.
KEYS_FOR_ACCOUNT = (Limit(3, timedelta(minutes=10)), Limit(20, DAY))
# RULES S2, P6, ours: a thousand texts cost about ten dollars, so pumping costs a utility 250 dollars a day at worst,
# and one with 100,000 customers still gets through the evening before its bills are due.
HOURLY_KEYS = 1000

# RULES S1: with more wrong keys than this over all accounts in a day somebody is guessing on a large scale.
ALARMING_WRONG_KEYS = Limit(1001, DAY)
KEY_DIGITS = 6  # RULES P3
KEY_DIGITS_UNDER_ALARM = 8  # RULES S1
