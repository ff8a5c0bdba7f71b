"""tzdata: the zones that the standard library finds in it."""

import importlib.resources as resources
import zoneinfo
from datetime import datetime

import tzdata

zoneinfo.reset_tzpath([])
zone = zoneinfo.ZoneInfo("America/New_York")
print(datetime(2026, 7, 1, 12, tzinfo=zone).isoformat(), datetime(2026, 12, 1, tzinfo=zone).tzname())
print(tzdata.IANA_VERSION, len(zoneinfo.available_timezones()))
folder = resources.files("tzdata") / "zoneinfo"
print((folder / "Europe" / "Berlin").read_bytes()[:4], (folder / "iso3166.tab").read_text(encoding="utf-8").count("\n"))
try:
    zoneinfo.ZoneInfo("Mars/Base")
except zoneinfo.ZoneInfoNotFoundError as error:
    print(error)
