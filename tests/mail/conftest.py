"""A real SMTP server for the mail tests."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.post_office import PostOffice, certificate, opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server without TLS."""
    with opened() as made:
        yield made


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A server's certificate with its key, and a client's context that trusts it."""
    path = certificate(tmp_path_factory.mktemp("tls"))
    return path, ssl.create_default_context(cafile=str(path))
