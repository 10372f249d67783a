"""What the operator reads of a remittance, and of what billing posted."""

from pathlib import Path

from tests.console.desk import Desk


def test_a_remittance_says_its_number_and_what_it_comes_to(desk: Desk, tmp_path: Path) -> None:
    desk.ledger.pay()
    assert desk.reads("remit", str(tmp_path / "1.csv")) == [
        "Remittance 1 of prairie, made 2026-11-22 18:00 UTC: 1 row, 84.20 USD."
    ]
    assert (tmp_path / "1.csv").read_text().count("\n") == 3


def test_with_nothing_to_tell_it_says_so_and_writes_a_file_all_the_same(desk: Desk, tmp_path: Path) -> None:
    assert desk.reads("remit", str(tmp_path / "1.csv")) == [
        "Remittance 1 of prairie, made 2026-11-22 18:00 UTC: nothing new."
    ]
    assert (tmp_path / "1.csv").read_text().count("\n") == 2


def test_again_says_when_it_was_made_and_writes_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.ledger.pay()
    first = desk.reads("remit", str(tmp_path / "1.csv"))
    desk.clock.pass_time(days=1)
    assert desk.reads("remit", "--again", "1", str(tmp_path / "2.csv")) == first
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_a_file_that_is_there_is_refused_plainly(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "1.csv").touch()
    said = desk.is_refused("remit", str(tmp_path / "1.csv"))
    assert "1.csv is there already. Name another file. Nothing was written." in said


def test_a_number_that_there_is_not_is_refused_plainly(desk: Desk, tmp_path: Path) -> None:
    assert "There is no remittance 3 of prairie" in desk.is_refused("remit", "--again", "3", str(tmp_path / "1.csv"))


def test_a_folder_that_there_is_not_is_refused_plainly_and_nothing_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.ledger.pay()
    assert "No such file or directory" in desk.is_refused("remit", str(tmp_path / "none" / "1.csv"))
    assert desk.ledger.remit().made.totals.rows == 1


def test_what_billing_posted_is_counted(desk: Desk, tmp_path: Path) -> None:
    paid = desk.ledger.pay()
    (tmp_path / "posted.csv").write_text(f"payment_id,posted_on\n{paid.id.reveal()},2026-11-22\n")
    assert desk.reads("import", "posted", str(tmp_path / "posted.csv")) == ["posted: 0 new, 1 changed, 0 unchanged."]
    assert desk.reads("import", "posted", str(tmp_path / "posted.csv")) == ["posted: 0 new, 0 changed, 1 unchanged."]


def test_a_file_with_a_fault_is_refused_by_line_and_column(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "posted.csv").write_text(f"payment_id,posted_on\npay_{0:032},2026-11-22\n")
    said = desk.is_refused("import", "posted", str(tmp_path / "posted.csv"))
    assert said == "Error: nothing was imported\nline 2, column payment_id: no such payment\n"
