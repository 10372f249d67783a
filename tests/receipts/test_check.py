"""From paper to the page: a code is typed, and leads to its receipt or to a kind word."""

import re

import pytest

from handlers.receipts.code import printed
from tests.payments.world import World
from tests.receipts.reading import words


def paid_code(world: World) -> str:
    record = world.link()
    world.pay(record)
    return printed(record.receipt_token)


@pytest.mark.parametrize("typing", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_a_typed_code_leads_to_the_receipt(world_on_sqlite: World, typing: type[str]) -> None:
    answer = world_on_sqlite.web.post("/check", data={"code": typing(paid_code(world_on_sqlite))})
    assert answer.status_code == 303
    assert "Total paid $85.95" in words(world_on_sqlite.web.get(answer.location).text)


def test_the_receipt_comes_in_the_language_of_who_typed_the_code(world_on_sqlite: World) -> None:
    answer = world_on_sqlite.web.post("/check?language=es", data={"code": paid_code(world_on_sqlite)})
    assert "Total pagado $85.95" in words(world_on_sqlite.web.get(answer.location).text)


@pytest.mark.parametrize("typed", ["0" * 26, "8" * 26, "Prairie", "", "\x00", "<script>", "'; drop table payment"])
def test_whatever_leads_nowhere_is_answered_alike(world_on_sqlite: World, typed: str) -> None:
    answer = world_on_sqlite.web.post("/check", data={"code": typed})
    plain = world_on_sqlite.web.post("/check", data={"code": "0"})
    without = [re.sub(r' value="[^"]*"', "", each.text) for each in (answer, plain)]
    assert answer.status_code == 404
    assert without[0] == without[1]
    assert "We have no receipt with this code" in words(answer.text)


def test_what_was_typed_is_kept_for_another_try_as_text(world_on_sqlite: World) -> None:
    answer = world_on_sqlite.web.post("/check", data={"code": '"><script>'})
    assert 'value="&#34;&gt;&lt;script&gt;"' in answer.text


def test_a_form_without_its_field_is_a_code_that_leads_nowhere(world_on_sqlite: World) -> None:
    assert world_on_sqlite.web.post("/check").status_code == 404


def test_the_code_of_what_is_not_paid_leads_to_where_the_payment_is(world_on_sqlite: World) -> None:
    answer = world_on_sqlite.web.post("/check", data={"code": printed(world_on_sqlite.link().receipt_token)})
    assert "Not paid yet" in words(world_on_sqlite.web.get(answer.location).text)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_field_has_a_name_and_a_hint(world_on_sqlite: World, language: str) -> None:
    html = world_on_sqlite.web.get("/check", headers={"Accept-Language": language}).text
    assert f'<html lang="{language}">' in html
    assert re.search(r'<label for="code">[^<]+</label>\s*<input id="code"[^>]* aria-describedby="hint"', html)
    assert re.search(r'<p id="hint">[^<]+</p>', html)


def test_the_page_may_send_its_form_to_us_alone_and_is_not_listed(world_on_sqlite: World) -> None:
    headers = world_on_sqlite.web.get("/check").headers
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
