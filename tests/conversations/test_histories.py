"""Whole histories: whatever people text, in whatever order, the bot stays polite, short and safe."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from bot.names import Address
from bot.segments import count
from bot.session import MAY_VIEW, Session
from handlers.ledger.tables import entry
from tests.stage import EngineStage, make_sandbox
from tests.transcript import CAST

PEOPLE = ("Ana", "Ben", "Dev", "Eli")
USUAL = (
    *("PAY", "1", "2", "3", "BACK", "MENU", "RESTART", "BAL", "STATUS", "RECEIPT", "BILL", "RESEND", "EMAIL", "AGENT"),
    *("0087654321", "0012345678", "0089012345", "0056789012", "5 62701", "1423 62701", "30 62701", "61.45 12/5"),
    *("50", "half", "all", "minimum", "bank", "yes", "no", "HELP", "STOP", "UNSTOP", "DONE", "ESPANOL", "ENGLISH"),
    *("4242 4242 4242 4242", "000000", "hello", "", "Liked \u201cReply 1\u201d"),
)


class History(RuleBasedStateMachine):
    """Four people and a world of payments, banks and time."""

    def __init__(self):
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._sandbox = make_sandbox().start()
        self.stage = EngineStage(self._sandbox, Path(self._folder.name))
        self.said = []

    def teardown(self):
        self.stage.close()
        self._sandbox.stop()
        self._folder.cleanup()

    @rule(person=st.sampled_from(PEOPLE), words=st.sampled_from(USUAL))
    def text_something_usual(self, person, words):
        self._text(person, words)

    @rule(person=st.sampled_from(PEOPLE), words=st.text(max_size=40).filter(lambda words: "\0" not in words))
    def text_anything(self, person, words):
        if words.isprintable():
            self._text(person, words)

    @rule(minutes=st.sampled_from((1, 5, 16, 90)))
    def time_passes(self, minutes):
        self.stage.happen(CAST["Ana"], f"{minutes} minutes pass")
        self.stage.arrived()

    @rule(person=st.sampled_from(PEOPLE))
    def pay_if_there_is_a_link(self, person):
        view = self._latest(person)
        if view and view.link_url:
            self.stage.happen(CAST[person], "paid" if view.method == "card" else "paid from a bank")
            self.stage.arrived()

    def _text(self, person, words):
        before = self._session(person)
        self.said = [(person, before, self.stage.say(CAST[person], words))]
        self.stage.arrived()

    def _latest(self, person):
        return self.stage.program.services.payments.latest("prairie", Address("sms", CAST[person]))

    def _session(self, person):
        with self.stage.program.sessions.open(Address("sms", CAST[person]), None) as visit:
            visit.keep, visit.leave = visit.session, visit.remains
            return Session.load(visit.session) if visit.session else None

    @invariant()
    def an_answer_is_one_short_text(self):
        for _, _, texts in self.said:
            assert len(texts) <= 1
            assert all(count(text).segments <= 2 for text in texts)

    @invariant()
    def paid_is_said_only_when_it_is_true(self):
        for person, _, texts in self.said:
            if any(text.startswith(("Paid on", "Pagado el")) for text in texts):
                assert self._latest(person).state in ("paid", "posted")

    @invariant()
    def eli_sees_what_mary_owes_only_after_proving_it(self):
        for person, _, texts in self.said:
            if person == "Eli" and any("owes $61.45" in text or "debe $61.45" in text for text in texts):
                after = self._session("Eli")
                assert after is not None
                assert after.proof in MAY_VIEW | {"bill"}

    @invariant()
    def the_ledger_balances(self):
        with self.stage.program.engine.connect() as connection:
            sums = connection.scalars(select(func.sum(entry.c.minor)).group_by(entry.c.journal_id)).all()
        assert not any(sums)


def test_any_history():
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
