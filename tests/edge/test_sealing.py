"""Sealing: what is sealed opens at its place alone, with any key we still have; a key put in front changes no name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sealing import Broken, Sealer

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.binary(max_size=500))
def test_what_is_sealed_opens_at_its_place(plain):
    sealer = Sealer([OLD])
    assert sealer.open(sealer.seal(plain, "here"), "here") == plain


@given(st.integers(min_value=0), st.integers(0, 7))
def test_a_flipped_bit_is_seen(position, bit):
    sealed = bytearray(Sealer([OLD]).seal(b"a session", "here"))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(Broken):
        Sealer([OLD]).open(bytes(sealed), "here")


def test_what_was_moved_does_not_open():
    sealer = Sealer([OLD])
    with pytest.raises(Broken):
        sealer.open(sealer.seal(b"a session", "here"), "there")


def test_nothing_at_all_does_not_open():
    with pytest.raises(Broken):
        Sealer([OLD]).open(b"", "here")


def test_a_new_key_in_front_opens_the_old_and_changes_no_name():
    rotated = Sealer([NEW, OLD])
    assert rotated.open(Sealer([OLD]).seal(b"a session", "here"), "here") == b"a session"
    assert rotated.name("person", "sms:x") == Sealer([OLD]).name("person", "sms:x")
    with pytest.raises(Broken):
        Sealer([OLD]).open(rotated.seal(b"a session", "here"), "here")


def test_two_keys_that_share_an_id_both_open():
    """The id is one byte: of 300 keys some share one."""
    keys = [number.to_bytes(32, "big") for number in range(300)]
    every = Sealer(keys)
    assert all(every.open(Sealer([key]).seal(b"x", "here"), "here") == b"x" for key in keys)


def test_the_same_name_of_another_kind_is_another_name():
    sealer = Sealer([OLD])
    assert sealer.name("person", "x") != sealer.name("message", "x")


@pytest.mark.parametrize("keys", [[], [b"short"], [OLD, b"short"]])
def test_a_key_that_is_none_is_refused(keys):
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(keys)
