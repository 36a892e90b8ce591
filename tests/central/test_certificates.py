"""The private authority: what it makes is accepted by TLS, and names cannot reach into the access rules of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.central.certificates import Authority
from appliance.errors import ConfigurationError, DeviceError

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def load(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_device_is_named_site_and_device_and_may_be_a_client_only(tmp_path):
    authority = Authority(tmp_path, NOW)
    certificate = load(authority.client("tinh-mau/phong-1").certificate)

    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "tinh-mau/phong-1"
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    certificate.verify_directly_issued_by(load(authority.pair.certificate))
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc


@pytest.mark.parametrize(("host", "kind"), [("10.0.0.5", x509.IPAddress), ("broker.example.vn", x509.DNSName)])
def test_the_broker_has_its_name_or_address(tmp_path, host, kind):
    certificate = load(Authority(tmp_path, NOW).server(host).certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(value) for value in names.get_values_for_type(kind)] == [host]


@pytest.mark.parametrize("name", ["", "phong-1", "a/b/c", "+/phong", "tinh/#", "../../etc/x", "a/..", "Central", "a/ơ"])
def test_other_names_are_refused(tmp_path, name):
    with pytest.raises(ConfigurationError, match="site/device"):
        Authority(tmp_path, NOW).client(name)


def test_keys_are_for_their_owner_alone(tmp_path):
    pair = Authority(tmp_path, NOW).client("central")
    assert pair.key.stat().st_mode & 0o077 == 0


def test_the_authority_is_kept_and_never_half(tmp_path):
    first = Authority(tmp_path, NOW).pair.certificate.read_bytes()
    assert Authority(tmp_path, NOW + timedelta(days=1)).pair.certificate.read_bytes() == first
    (tmp_path / "ca.key").unlink()
    with pytest.raises(DeviceError, match="go together"):
        Authority(tmp_path, NOW)
