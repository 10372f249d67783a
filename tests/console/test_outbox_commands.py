"""`outbox doubt` says what is so: texts are asked about, keys stay here, an email may come a second time."""

from handlers.outbox.parcel import Parcel, put
from tests.console.desk import Desk


def test_after_a_restore_the_operator_reads_what_may_come_twice(desk: Desk) -> None:
    now = desk.clock.now()
    body = {"subject": "Your receipt", "text": "Thank you."}
    mail = Parcel("email", "mail:1", "prairie", "receipt", body, now, "ana@example.org")
    with desk.engine.begin() as connection:
        put(connection, desk.sealer, mail, now)
    assert desk.reads("outbox", "doubt") == [
        "1 waiting. Each text is asked about before it is sent; keys are not sent at all. "
        "Nobody can be asked about an email: it may come a second time, with the same Message-ID."
    ]
