"""The signature under a receipt: Ed25519 (RFC 8032), by keys that anybody may have the public half of."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PURPOSE = b"receipts"  # what the keys are derived for: no other part of the program derives the same


@dataclass(frozen=True, slots=True)
class Proof:
    """A text, and the signature under its UTF-8 bytes. No fact stands beside the text: nothing unsigned to trust."""

    text: str
    key: str
    signature: bytes

    def json(self) -> bytes:
        """The proof as a file: the same bytes for the same text and key."""
        proof = {
            "format": "guestpay-receipt",
            "text": self.text,
            "algorithm": "Ed25519",
            "key": self.key,
            "signature": _base64(self.signature),
        }
        return json.dumps(proof, ensure_ascii=False, indent=1).encode() + b"\n"


class Signer:
    """Signs with the first of these keys, each made from a seed of 32 bytes, and publishes the public halves of all."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self._key = keys[0]
        published = [_published(key) for key in keys]
        self._id: str = published[0]["kid"]
        self.keys: dict[str, Any] = {"keys": published}
        """The JWK Set (RFC 7517, RFC 8037) of the public halves, the current one first."""

    def sign(self, text: str) -> Proof:
        """The proof of this text. Ed25519 throws no dice: the same text gives the same signature."""
        return Proof(text, self._id, self._key.sign(text.encode()))


def _published(key: Ed25519PrivateKey) -> dict[str, str]:
    """The public half, named by its thumbprint (RFC 7638)."""
    public = {"crv": "Ed25519", "kty": "OKP", "x": _base64(key.public_key().public_bytes_raw())}
    thumbprint = sha256(json.dumps(public, separators=(",", ":")).encode()).digest()
    return {**public, "use": "sig", "kid": _base64(thumbprint)}


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
