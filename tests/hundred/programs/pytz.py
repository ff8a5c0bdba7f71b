"""pytz: zones from its own data, changes of the clock, countries, and mistakes."""

from datetime import datetime

import pytz

berlin = pytz.timezone("Europe/Berlin")
print(berlin.localize(datetime(2026, 1, 1)).isoformat(), berlin.localize(datetime(2026, 7, 1)).tzname())
late = berlin.localize(datetime(2026, 10, 25, 2, 30), is_dst=True)
print(late, berlin.normalize(late + (datetime(2026, 1, 1, 1) - datetime(2026, 1, 1))))
print(pytz.utc.localize(datetime(2026, 1, 1)).astimezone(pytz.timezone("Asia/Kathmandu")), pytz.FixedOffset(90))
print(len(pytz.common_timezones) > 400, pytz.country_timezones["nz"], pytz.country_names["de"])
for wrong in (lambda: pytz.timezone("Mars/Base"), lambda: berlin.localize(datetime(2026, 3, 29, 2, 30), is_dst=None), lambda: berlin.localize(datetime(2026, 10, 25, 2, 30), is_dst=None)):
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error)
