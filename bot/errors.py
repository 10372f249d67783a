"""The two error words at the edges, and the one that a person causes."""


class Unavailable(Exception):
    """The world did not answer; the same thing may work later. Nothing was done, or doing it again is safe."""


class Refused(Exception):
    """The world said no, for good: trying again changes nothing. `reason` is a word for logs, never shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadySettled(Refused):
    """What was asked for is over: it was done, or given up, before. A message that comes again days later meets it."""


class NotUnderstood(Exception):
    """The answer could not be read. `say` names the sentence that helps; empty: the step's own words again."""

    def __init__(self, say: str = "") -> None:
        super().__init__(say or "not understood")
        self.say = say
