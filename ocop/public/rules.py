"""What is kept of somebody who scans: nothing that leads back to them. Plain values only."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress


def client_prefix(address: str | None) -> str:
    """The neighbourhood an address is in: /24 of IPv4, /56 of IPv6; "" for what is no address."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def device_mark(secret: bytes, day: dt.date, prefix: str, agent: str) -> str:
    """16 hex digits that are the same for one device on one day and say nothing the day after."""
    key_of_the_day = hmac.new(secret, day.isoformat().encode(), hashlib.sha256).digest()
    return hmac.new(key_of_the_day, f"{prefix}|{agent}".encode(), hashlib.sha256).hexdigest()[:16]
