"""TLS for MQTT: the context, and which of the many errors are about certificates."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from appliance import config
from appliance.uplink.broker import Condition, State


def context(settings: config.Broker) -> ssl.SSLContext | None:
    """A context of TLS 1.2 or later with the private authority and our own certificate; None without `ca_file`.

    Raises `OSError` (`ssl.SSLError` included) naming the file that is missing or is not what it should be.
    """
    if not settings.ca_file:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    _named(settings.ca_file, lambda: made.load_verify_locations(cafile=settings.ca_file))
    if settings.cert_file:
        for file in (settings.cert_file, settings.key_file):  # load_cert_chain() does not say which one is missing
            _named(file, Path(file).read_bytes)
        _named(settings.cert_file, lambda: made.load_cert_chain(settings.cert_file, settings.key_file))
    return made


def password(settings: config.Broker) -> str | None:
    """The password in `password_file`, one line; None without the setting. Raises `OSError`."""
    return Path(settings.password_file).read_text("utf-8").strip() if settings.password_file else None


def trouble(settings: config.Broker, error: OSError) -> Condition:
    """What a failed connection means; with TLS it is about certificates, unless the other side does not speak TLS."""
    place = f"{settings.host}:{settings.port}"
    if settings.ca_file and isinstance(error, ConnectionResetError):
        return Condition(State.UNREACHABLE, f"{place} hung up at once: perhaps this port does not speak TLS")
    if not isinstance(error, ssl.SSLError):
        return Condition(State.UNREACHABLE, f"{place}: {error.strerror or error}")
    if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
        return Condition(State.UNREACHABLE, f"{place} does not speak TLS")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Condition(State.CERTIFICATE, f"{place}: {error.verify_message}")
    return Condition(State.CERTIFICATE, f"{place}: {error.reason or error.strerror or error}")


def _named(file: str, load: Callable[[], object]) -> None:
    try:
        load()
    except ssl.SSLError as error:
        raise ssl.SSLError(f"{file}: not a certificate and key that fit together ({error})") from error
    except OSError as error:
        raise OSError(error.errno, f"{file}: {error.strerror}") from error
