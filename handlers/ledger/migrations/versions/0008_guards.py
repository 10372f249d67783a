"""The database itself keeps the books: balanced, nothing removed, facts set once; what is open lies on its bills."""

from collections.abc import Iterator

from alembic import op

revision = "0008"
down_revision = "0007"

_KEPT = ("charge", "ticket", "payment")
_FACTS = (
    "opened_at",
    "pending_at",
    "paid_at",
    "posted_at",
    "refunded_at",
    "disputed_at",
    "dispute_won_at",
    "charged_back_at",
    "failed_at",
    "withdrawn_at",
    "expired_at",
)
_WRONG = "select 1 from entry where journal_id = new.journal_id group by currency having sum(minor) <> 0"


def upgrade() -> None:
    """Put what was posted before there were periods on the newest bills, then guard the tables."""
    for statement in _periods():
        op.execute(statement)
    guards = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for statement in guards():
        op.execute(statement)


def _periods() -> Iterator[str]:
    """What an account owes is open of its newest bills: the oldest were paid first. What no bill charged stays."""
    open_now = """
        with owed as (
            select entry.account_id, entry.currency, sum(entry.minor) as minor,
                max(journal.at) as at, max(journal.effective_on) as effective_on
            from entry join journal on journal.id = entry.journal_id
            where entry.book = 'receivable' and entry.account_id is not null
            group by entry.account_id, entry.currency having max(entry.bill_id) is null
        ), charged as (
            select id, account_id, issued_on, period_start, amount_due - past_due as minor
            from bill where amount_due > past_due
        ), ranked as (
            select id, account_id, minor, coalesce(sum(minor) over (
                partition by account_id order by issued_on desc, period_start desc
                rows between unbounded preceding and 1 preceding), 0) as newer
            from charged
        ), open_now as (
            select owed.account_id, ranked.id as bill_id, owed.currency, owed.at, owed.effective_on,
                case when owed.minor - newer < ranked.minor then owed.minor - newer else ranked.minor end as minor
            from ranked join owed on owed.account_id = ranked.account_id where owed.minor > newer
        )"""
    lines = "from open_now join journal on journal.cause = 'periods:' || account_id"
    yield (
        f"insert into journal (cause, at, effective_on) {open_now} "  # noqa: S608  nothing comes from outside
        "select distinct 'periods:' || account_id, at, effective_on from open_now"
    )
    yield (
        f"insert into entry (journal_id, book, account_id, bill_id, minor, currency) {open_now} "
        f"select journal.id, 'receivable', account_id, bill_id, minor, currency {lines} union all "
        f"select journal.id, 'receivable', account_id, null, -sum(minor), currency {lines} "
        "group by journal.id, account_id, currency"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "create function refuse_unbalanced() returns trigger language plpgsql as $$ begin "
        f"if exists ({_WRONG}) then raise exception 'debits and credits are not the same' "
        "using errcode = 'integrity_constraint_violation'; end if; return null; end $$"
    )
    yield (
        "create constraint trigger entry_is_balanced after insert on entry deferrable initially deferred "
        "for each row execute function refuse_unbalanced()"
    )
    yield (
        "create function refuse_removing() returns trigger language plpgsql as "
        "$$ begin raise exception 'this is kept for good'; end $$"
    )
    for table in _KEPT:
        yield (
            f"create trigger {table}_is_kept before delete or truncate on {table} "
            "for each statement execute function refuse_removing()"
        )
    yield (
        "create function refuse_undoing() returns trigger language plpgsql as "
        "$$ begin raise exception 'a fact is set once'; end $$"
    )
    changed = " or ".join(f"(old.{fact} is not null and new.{fact} is distinct from old.{fact})" for fact in _FACTS)
    yield (
        f"create trigger payment_facts_are_set_once before update of {', '.join(_FACTS)} on payment "
        f"for each row when ({changed}) execute function refuse_undoing()"
    )


def _sqlite() -> Iterator[str]:
    """SQLite puts off foreign keys alone until the commit: what is unbalanced then refers to what cannot be."""
    yield "create table never (id integer primary key, constraint ck_never_never check (0))"
    yield (
        "create table unbalanced (journal_id integer primary key, never_id integer not null default 1, "
        "constraint fk_unbalanced_never_id foreign key (never_id) references never (id) "
        "deferrable initially deferred)"
    )
    yield (
        "create trigger entry_is_balanced after insert on entry begin "  # noqa: S608
        "delete from unbalanced where journal_id = new.journal_id; "
        f"insert into unbalanced (journal_id) select new.journal_id where exists ({_WRONG}); end"
    )
    for table in _KEPT:
        yield (
            f"create trigger {table}_is_kept before delete on {table} "
            "begin select raise(abort, 'this is kept for good'); end"
        )
    changed = " or ".join(f"(old.{fact} is not null and new.{fact} is not old.{fact})" for fact in _FACTS)
    yield (
        f"create trigger payment_facts_are_set_once before update of {', '.join(_FACTS)} on payment "  # noqa: S608
        f"when {changed} begin select raise(abort, 'a fact is set once'); end"
    )
