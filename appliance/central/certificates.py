"""A private certificate authority for the broker, central and the devices: enough for one organisation's own network.

The authority's key belongs on a machine that is mostly switched off, not on the broker. A device's certificate
names `site/device` as its common name: the broker's access rules are made of that name. Files lie as `site/device.crt`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.errors import ConfigurationError, DeviceError

AUTHORITY_DAYS = 3650
LEAF_DAYS = 825
SLACK = timedelta(hours=1)
"""Certificates begin this much before now: a box without a battery clock wakes up in the past."""


_CLIENT = re.compile(r"central|[A-Za-z0-9][A-Za-z0-9._-]{0,63}/[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """The authority kept in a folder (`ca.crt`, `ca.key`); made on first use."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Raises `DeviceError` if one of the two files is missing."""
        self._folder, self._now = folder, now
        self.pair = Pair(folder / "ca.crt", folder / "ca.key")
        present = (self.pair.certificate.exists(), self.pair.key.exists())
        if present == (False, False):
            self._found()
        elif present != (True, True):
            raise DeviceError(f"{folder}: ca.crt and ca.key go together, one is missing; restore it from the backup")
        self._certificate = x509.load_pem_x509_certificate(self.pair.certificate.read_bytes())
        key = serialization.load_pem_private_key(self.pair.key.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise DeviceError(f"{self.pair.key}: not the key of this authority")
        self._key = key

    def server(self, host: str) -> Pair:
        """The broker's own certificate, for a host name or an address."""
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        return self._issue("broker", host, ExtendedKeyUsageOID.SERVER_AUTH, alternative)

    def client(self, name: str) -> Pair:
        """The certificate of `central`, or of a device by its `site/device`. Raises `ConfigurationError` otherwise."""
        if not _CLIENT.fullmatch(name):
            # A `+` or `#` in a name would reach into the access rules of others.
            raise ConfigurationError("certificates", [f"{name!r} is neither 'central' nor a device as site/device"])
        return self._issue(name, name, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _found(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("appliance authority")
        certificate = (
            _template(name, name, key, self._now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        self._write(self.pair, certificate, key)

    def _issue(
        self, file: str, name: str, purpose: x509.ObjectIdentifier, alternative: x509.GeneralName | None
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _template(_name(name), self._certificate.subject, key, self._now, LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if alternative is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        pair = Pair(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        self._write(pair, builder.sign(self._key, hashes.SHA256()), key)
        return pair

    def _write(self, pair: Pair, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        pair.certificate.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with open(os.open(pair.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _template(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
