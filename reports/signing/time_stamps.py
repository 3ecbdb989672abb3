"""Asks a time-stamping authority (RFC 3161) to say when a signature was made."""

from __future__ import annotations

import urllib.error
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from errors import HourbookError

_SECONDS = 10
_LARGEST = 100_000


class TimeStampRefused(HourbookError):
    """The time-stamping authority did not answer, or not with a time stamp."""


class WebTimeStamper(TimeStamper):
    """The authority at an address of the settings."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer; raises TimeStampRefused."""
        request = urllib.request.Request(
            self._url, data=req.dump(),
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return tsp.TimeStampResp.load(answer.read(_LARGEST))
        except (urllib.error.URLError, OSError, ValueError) as failure:
            if isinstance(failure, urllib.error.HTTPError):
                failure.close()
            raise TimeStampRefused(
                f"The time-stamping authority {self._url} gave no time stamp ({failure}). Issue again later: the "
                "numbers given so far stay, and only the documents wait. Or unset HOURBOOK_SIGNING_TIMESTAMP_URL."
            ) from failure
