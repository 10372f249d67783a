"""Settings: what is missing or malformed stops the start with one line that names it, and never shows a value."""

import base64

import pytest

from config.settings import NAMES, BadSetting, read

KEY = base64.b64encode(bytes(32)).decode()
GOOD = {
    "PUBLIC_BASE_URL": "https://pay.prairie.example/",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "DATABASE_URL": "sqlite:////var/lib/guestpay.db",
    "SECRET_KEYS": f"{KEY}, {KEY}",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "now,before",
    "STRIPE_API_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def test_the_environment_is_read():
    settings = read(GOOD)
    assert settings.public_base_url == "https://pay.prairie.example"
    assert settings.twilio_auth_tokens == ("now", "before")
    assert settings.secret_keys == (bytes(32), bytes(32))
    assert (settings.session_ttl_seconds, settings.port, settings.smtp_url) == (900, 8000, None)


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_one_is_named(name):
    with pytest.raises(BadSetting, match=f"^{name} is not set: it must be "):
        read({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_BASE_URL", "pay.prairie.example"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("REDIS_URL", "redis://:6379"),
        ("REDIS_URL", "redis://127.0.0.1:six"),
        ("TWILIO_ACCOUNT_SID", "SK123"),
        ("TWILIO_AUTH_TOKEN", ", ,"),
        ("DATABASE_URL", "bills.db"),
        ("DATABASE_URL", "postgresql+nosuchdriver://localhost/guestpay"),
        ("DATABASE_URL", "mysql://localhost/guestpay"),
        ("SESSION_TTL_SECONDS", "86401"),
        ("SECRET_KEYS", "not-base64!"),
        ("SECRET_KEYS", base64.b64encode(bytes(31)).decode()),
        ("TWILIO_API_BASE", "ftp://x"),
        ("SESSION_TTL_SECONDS", "1.5"),
        ("SESSION_TTL_SECONDS", "٩٠٠"),
        ("PORT", "70000"),
        ("UTILITIES", "/nowhere/at/all"),
        ("SMTP_URL", "mail.example"),
        ("STRIPE_API_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_a_malformed_one_is_named_in_one_line_without_its_value(name, value):
    with pytest.raises(BadSetting) as bad:
        read({**GOOD, name: value})
    assert str(bad.value).startswith(f"{name} must be ")
    assert value not in str(bad.value)
    assert "\n" not in str(bad.value)


@pytest.mark.parametrize("name", GOOD)
def test_each_may_come_from_a_file(name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(GOOD[name] + "\n")
    environ = {key: value for key, value in GOOD.items() if key != name}
    assert read({**environ, f"{name}_FILE": str(secret)}) == read(GOOD)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_readme(name, pytestconfig):
    assert f"`{name}`" in (pytestconfig.rootpath / "README.md").read_text("utf-8")
