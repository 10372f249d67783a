"""Who does what: the only file that names concrete classes. Everything else is handed what it needs."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.ports import Chance, Clock
from bot.speech import Speech
from config import profiles
from config.settings import Settings
from handlers.console.metrics import Metrics
from handlers.sealing import Sealer
from handlers.world import SystemChance, SystemClock

COPY = Path(__file__).parent.parent / "flows" / "copy"


class Guestpay:
    """The program, put together from its settings. Each part is made when it is first asked for, once."""

    def __init__(self, settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.chance: Chance = chance or SystemChance()
        self.utilities = profiles.load(settings.utilities)
        self.speech = Speech.load(COPY)
        self.sealer = Sealer(settings.secret_keys)
        self.metrics = Metrics(CollectorRegistry())
