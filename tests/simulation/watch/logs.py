"""Nothing that leaves the program, a log record or an error, shows a number, a key, a token or a link; nor is it a bug.

Records are looked at as they are made, before the log's own masking, which is the second net.
"""

import logging
import traceback
from typing import TYPE_CHECKING

from tests.simulation.people import PEOPLE

if TYPE_CHECKING:
    from tests.simulation.law import Law
    from tests.simulation.world import World

OURS = ("guestpay", "handlers", "bot", "flows", "config")


class Logs(logging.Handler):
    """Listens to every record of the program's loggers, at DEBUG."""

    def __init__(self, world: "World", law: "Law") -> None:
        super().__init__(logging.DEBUG)
        self._world = world
        self._law = law
        self._fixed = [one.phone.lstrip("+")[1:] for one in PEOPLE] + [one.number for one in PEOPLE]
        self._fixed += ["plink_", "/pay/", "/p/", "/r/", "cs_test_", "whsec_", "sk_test_", "simulated-auth"]
        for name in OURS:
            logger = logging.getLogger(name)
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
            logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a record."""
        extra = {name: value for name, value in vars(record).items() if isinstance(value, str) and name != "pathname"}
        words = [record.getMessage(), *(value for name, value in extra.items() if name not in ("module", "filename"))]
        error = record.exc_info[1] if record.exc_info else None
        if error:
            words += [str(link) for link in _links(error)]
        self.leaving(" ".join(words), f"a log record of {record.name}")
        if record.getMessage() == "broken" and error:
            where = "".join(traceback.format_exception(error)[-6:])
            self._law.demand(False, f"the program breaks: {type(error).__name__}", f"{error}\n{where}")
        if record.levelno >= logging.WARNING:
            self._world.log(f"log: {record.levelname.lower()} {record.getMessage()}")

    def leaving(self, text: str, where: str) -> None:
        """This text leaves the program."""
        secrets = [*self._fixed, *self._world.chance.tokens, *self._world.chance.keys]
        found = next((secret for secret in secrets if secret in text), None)
        self._law.demand(found is None, "no secret leaves the program", f"{where}: {found}: {text[:300]}")

    def close(self) -> None:
        """Stop listening."""
        for name in OURS:
            logging.getLogger(name).removeHandler(self)
        super().close()


def _links(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return links
