"""Keeping secrets: encryption of what rests outside, and keyed hashes in place of names (RULES S6, P3)."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Broken(Exception):
    """A sealed value that was changed, moved to another place, or sealed with a key we no longer have."""


class Sealer:
    """Seals bytes with AES-256-GCM and hashes names with HMAC-SHA-256, from a list of 32-byte keys.

    The first key seals; all of them open, told apart by one byte. The *last* one makes the hashes, so that a key
    put in front changes no name: only dropping the last one does, and then live talks start over.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a secret key is 32 bytes")
        self._ciphers: dict[int, list[AESGCM]] = {}
        for key in keys:
            self._ciphers.setdefault(self._id(key), []).append(AESGCM(_derive(key, b"seal")))
        self._current = self._id(keys[0])
        self._cipher = self._ciphers[self._current][0]
        self._hash_key = _derive(keys[-1], b"name")
        self._keys = tuple(dict.fromkeys(keys))

    @staticmethod
    def _id(key: bytes) -> int:
        return hashlib.sha256(b"id" + key).digest()[0]

    def seal(self, plain: bytes, place: str) -> bytes:
        """`plain`, readable only at `place` (a key name, a row): key id, nonce, ciphertext."""
        nonce = os.urandom(_NONCE)
        return bytes([self._current]) + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at `place`. Raises Broken for anything else."""
        for cipher in self._ciphers.get(sealed[0], ()) if sealed else ():  # two keys may share an id by chance
            try:
                return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place.encode())
            except (InvalidTag, ValueError):
                continue
        raise Broken("changed, moved from its place, or sealed with an unknown key")

    def seeds(self, purpose: bytes) -> list[bytes]:
        """32 bytes from each key for another `purpose`, the current key's first: one tells nothing of another."""
        return [_derive(key, purpose) for key in self._keys]

    def name(self, kind: str, value: str) -> str:
        """A keyed hash of `value` for Redis keys, logs and metrics: 128 bits as 22 characters."""
        return base64.urlsafe_b64encode(self.digest(kind, value)[:16]).rstrip(b"=").decode()

    def digest(self, kind: str, value: str) -> bytes:
        """The 32-byte keyed hash behind `name`; compare with `hmac.compare_digest`."""
        return hmac.new(self._hash_key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose (HKDF-Expand of RFC 5869, one block: the keys are uniform already)."""
    return hmac.new(key, purpose + b"\x01", hashlib.sha256).digest()
