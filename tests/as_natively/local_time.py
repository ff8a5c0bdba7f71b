"""Local time in zones of all kinds: of the database, by rules as POSIX has them, and by what is neither."""
import datetime
import email.utils
import logging
import os
import sqlite3
import time

NAMED = [
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
    "Asia/Kathmandu", "Europe/Dublin", "America/Caracas", ":Europe/Paris", "/usr/share/zoneinfo/Asia/Tokyo",
]
RULES = [
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "CET-1CEST,M3.5.0,M10.5.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3", "<+0545>-5:45",
    "AAA5BBB,J60/3,J300/1", "AAA5:30:15BBB4,59/26:30,299/-1", "IST-2IDT,M3.4.4/26,M10.5.0", "UTC0", "GMT+5",
]
NEITHER = [
    "", ":", "junk", "Europe/Nowhere", "../Europe/Berlin", "/nowhere", "AB3", "<AB>3", "EST5;", "EST5E",
    "EST5EDT,garbage", "EST23:99:99", "x" * 300, "Ä", "EST5\n",
]
INSTANTS = [
    int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp())
    for text in (
        "1900-01-01", "1900-07-01T12:00", "1916-06-01", "1945-06-01", "1969-12-31T23:59:59", "1970-01-01", "1987-05-05",
        "2007-12-09T07:00", "2011-12-30T09:59:59", "2011-12-30T10:00", "2024-02-29T12:00", "2024-07-01", "2037-12-31",
        "2038-01-19T03:14:08", "2040-07-01", "2500-01-15", "2500-07-15", "9999-12-30",
    )
]
YEARS = [1971, 2011, 2023, 2060]
# A zone whose future has changed lately, and may again: where that is settled.
UNSETTLED, SETTLED = "Africa/Casablanca", 1735689600


def switch(zone):
    os.environ["TZ"] = zone
    time.tzset()


def fields(moment):
    return *moment, moment.tm_zone, moment.tm_gmtoff


def mktime(moment, zone):
    """Begins where the first call of mktime() begins: glibc's goes on from what it has found last."""
    os.environ["TZ"] = "UTC0"
    time.mktime((1970, 1, 1, 0, 0, 0, 0, 0, 0))
    os.environ["TZ"] = zone
    try:
        return int(time.mktime(moment))
    except OverflowError:
        return None


def difference(moment, shown):
    return "none" if moment is None else moment - shown


def changes(year):
    """The first seconds behind changes of time."""
    start = int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
    kind = time.localtime(start)[8:], time.localtime(start).tm_gmtoff
    for before in range(start, start + 366 * 86400, 86400):
        low, high = before, before + 86400
        after = time.localtime(high)[8:], time.localtime(high).tm_gmtoff
        if after != kind:
            while high - low > 1:
                middle = (low + high) // 2
                same = (time.localtime(middle)[8:], time.localtime(middle).tm_gmtoff) == kind
                low, high = (middle, high) if same else (low, middle)
            yield high
            kind = after


def show(zone):
    print(f"=== {zone!r}")
    switch(zone)
    if zone != UNSETTLED:
        print(time.timezone, time.altzone, time.daylight, time.tzname)
        # Fields without a zone of their own.
        print(*(time.strftime("%Z|%z", (2024, 7, 1, 0, 0, 0, 0, 1, is_dst)) for is_dst in (-1, 0, 1)))
    for instant in INSTANTS:
        if zone == UNSETTLED and instant > SETTLED:
            break
        moment = time.localtime(instant)
        aware = datetime.datetime.fromtimestamp(instant).astimezone()
        print(*fields(moment), time.strftime("%Z %z %s", moment), aware, aware.tzname(), difference(mktime(moment, zone), instant))


def show_changes(zone):
    switch(zone)
    for year in YEARS:
        for change in changes(year):
            if zone == UNSETTLED and change > SETTLED:
                break
            for shown in range(change - 5400, change + 5401, 1800):
                shown += time.localtime(change - 1).tm_gmtoff
                found = [mktime((*time.gmtime(shown)[:8], is_dst), zone) for is_dst in (-1, 0, 1)]
                naive = datetime.datetime.fromtimestamp(shown, datetime.timezone.utc).replace(tzinfo=None)
                folded = [int(naive.replace(fold=fold).timestamp()) for fold in (0, 1)]
                print(naive, *(difference(moment, shown) for moment in found + folded))


for each in NAMED + RULES:
    show(each)
    show_changes(each)
# Before 1967 it depends on the edition of the database.
show_changes("EST5EDT")
for each in NEITHER:
    show(each)

print("=== fields out of range")
switch("America/New_York")
for moment in [
    (2024, 3, 10, 2, 59, 61, 0, 0, -1), (2024, 15, -3, 30, -70, 100, 0, 0, -1), (2024, 3, 10, 1, 59, 60, 0, 0, 0),
    (0, 1, 1, 0, 0, 0, 0, 0, 0), (-5000, 0, 0, 0, 0, 0, 0, 0, 1), (2**31 - 1, 12, 31, 0, 0, 0, 0, 0, 7),
    (2**31 - 1, 12, 400, 0, 0, 0, 0, 0, 0), (2**31 - 1, 2**31 - 1, 1, 0, 0, 0, 0, 0, 0), (1969, 12, 31, 18, 59, 59, 0, 0, 0),
]:
    print(moment, mktime(moment, "America/New_York"))
for instant in [2**45, -2**45, 2**56, 2**60, 2**63 - 1, -2**63, 67767976233500000, 67768036191699999]:
    try:
        print(instant, *fields(time.localtime(instant)))
    except (OSError, OverflowError) as error:
        print(instant, type(error).__name__)

print("=== who follows TZ without tzset()")
switch("Europe/Berlin")
os.environ["TZ"] = "Asia/Tokyo"
print(time.localtime(0).tm_zone, time.tzname)
print(time.strftime("%Z", time.localtime(0)), time.localtime(0).tm_zone)
print(int(time.mktime((1970, 1, 1, 9, 0, 0, 0, 0, -1))), time.localtime(0).tm_zone, time.tzname)
del os.environ["TZ"]
os.environ["TZ"] = "America/New_York"
time.tzset()
print(time.localtime(0).tm_zone, time.tzname)

print("=== modules")
for zone in ["America/New_York", "Asia/Kathmandu"]:
    switch(zone)
    print(email.utils.formatdate(1720000000, localtime=True), email.utils.localtime(datetime.datetime(2024, 1, 1)))
    print(email.utils.mktime_tz(email.utils.parsedate_tz("Mon, 01 Jul 2024 00:00:00")))
    record = logging.makeLogRecord({"created": 1720000000.5, "msecs": 500})
    print(logging.Formatter().formatTime(record), logging.Formatter().formatTime(record, "%Z %z"))
    print(sqlite3.connect(":memory:").execute("select datetime(1720000000, 'unixepoch', 'localtime')").fetchall())
    print(datetime.date.fromtimestamp(1720000000), time.ctime(1720000000), time.asctime(time.localtime(0)))
    for text in ["2024-07-01 EST", "2024-07-01 EDT", "2024-07-01 UTC"]:
        try:
            print(time.strptime(text, "%Y-%m-%d %Z").tm_isdst, datetime.datetime.strptime(text, "%Y-%m-%d %Z"))
        except ValueError as error:
            print(error)
