"""Printed addresses, and hosts that may or may not be printed for good."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.digital_link import TUNNEL_SUFFIXES, host_problem, lot_uri, stamp_uri
from traceability.gs1 import lot_problem

CODE = "1ENFFQWP77EP2"
GTIN = "9521234000013"


def test_a_stamp_without_gtin_has_a_short_address_of_our_own():
    assert stamp_uri("https://tem.ocop.vn", CODE) == f"https://tem.ocop.vn/T/{CODE}"


def test_a_stamp_with_gtin_is_a_digital_link():
    assert stamp_uri("https://tem.ocop.vn/", CODE, GTIN) == f"https://tem.ocop.vn/01/09521234000013/21/{CODE}"


def test_a_lot_is_a_digital_link():
    assert lot_uri("https://tem.ocop.vn", GTIN, "MT-01") == "https://tem.ocop.vn/01/09521234000013/10/MT-01"


@pytest.mark.parametrize("gtin", ["9521234000014", "2012345678900", "abc"])
def test_a_wrong_gtin_never_gets_into_an_address(gtin):
    with pytest.raises(ValueError, match="GTIN"):
        stamp_uri("https://tem.ocop.vn", CODE, gtin)


@pytest.mark.parametrize("lot", ["", "..", "LÔ 1", "A" * 21])
def test_a_wrong_lot_number_never_gets_into_an_address(lot):
    with pytest.raises(ValueError, match="lot number"):
        lot_uri("https://tem.ocop.vn", GTIN, lot)


def test_scheme_and_host_are_lower_case_however_they_were_typed():
    assert stamp_uri("HTTPS://Tem.OCOP.vn", CODE).startswith("https://tem.ocop.vn/T/")


def test_an_operator_who_tested_it_may_have_all_capitals():
    uri = stamp_uri("https://tem.ocop.vn", CODE, GTIN, all_capitals=True)

    assert uri == uri.upper()
    assert uri.startswith("HTTPS://TEM.OCOP.VN/01/")


@pytest.mark.parametrize("base_url", ["", "tem.ocop.vn", "https://"])
def test_an_address_needs_a_scheme_and_a_host(base_url):
    with pytest.raises(ValueError, match="scheme and a host"):
        stamp_uri(base_url, CODE)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_every_lot_number_survives_its_address(lot):
    if lot_problem(lot):
        return

    path = urlsplit(lot_uri("https://tem.ocop.vn", GTIN, lot)).path

    assert path.split("/")[:4] == ["", "01", "09521234000013", "10"]
    assert len(path.split("/")) == 5
    assert unquote(path.split("/")[4]) == lot


@pytest.mark.parametrize(
    "base_url",
    [
        "https://tem.ocop.vn",
        "https://tem.ocop.vn/",
        "https://a.vn:8443",
        "https://xn--c-sns.vn",
        "https://TEM.VN",
    ],
)
def test_a_real_host_may_be_confirmed(base_url):
    assert host_problem(base_url) is None


@pytest.mark.parametrize(
    ("base_url", "problem"),
    [
        ("", "no_host"),
        ("tem.ocop.vn", "no_host"),
        ("https://", "no_host"),
        ("ftp://tem.ocop.vn", "no_host"),
        ("https://[::1", "no_host"),
        ("https://tem.ocop.vn:99999", "no_host"),
        ("http://tem.ocop.vn", "not_https"),
        ("https://192.168.1.40", "ip_address"),
        ("https://8.8.8.8:8000", "ip_address"),
        ("https://[2001:db8::1]", "ip_address"),
        ("https://2130706433", "ip_address"),
        ("https://0x7f.1", "ip_address"),
        ("https://127.0.0.1.", "ip_address"),
        ("http://localhost:8000", "localhost"),
        ("https://LOCALHOST", "localhost"),
        ("https://may-chu", "localhost"),
        ("https://xa.local", "localhost"),
        ("https://xa.lan", "localhost"),
        ("https://abc.trycloudflare.com", "tunnel"),
        ("https://abc.NGROK-free.app", "tunnel"),
        ("https://a@tem.ocop.vn", "not_plain"),
        ("https://tem.ocop.vn/a", "not_plain"),
        ("https://tem.ocop.vn?a=1", "not_plain"),
        ("https://tem.ocop.vn#", "not_plain"),
        ("https://đặcsản.vn", "not_plain"),
        ("https://-tem.vn", "not_plain"),
        ("https://tem .vn", "not_plain"),
        ("https://" + "a" * 18 + ".vn", "too_long"),
    ],
)
def test_why_a_host_may_not_be_confirmed_is_named(base_url, problem):
    assert host_problem(base_url) == problem


def test_the_longest_host_that_may_be_confirmed_has_28_characters_with_its_scheme():
    assert host_problem("https://" + "a" * 17 + ".vn") is None


@pytest.mark.parametrize("suffix", TUNNEL_SUFFIXES)
def test_no_tunnel_can_be_confirmed(suffix):
    assert host_problem(f"https://a.{suffix}") == "tunnel"


def test_a_name_that_only_ends_like_a_tunnel_is_none():
    assert host_problem("https://hats.net") is None
