"""dateutil: parsing, relative deltas, recurrences, time zones, Easter."""

from datetime import datetime

from dateutil import easter, parser, relativedelta, rrule, tz

for text in ("Thu Sep 25 10:36:28 2003", "2003-09-25T10:49:41.5-03:00", "10 August 2020 3pm", "1/2/03"):
    print(parser.parse(text, default=datetime(2000, 1, 1)).isoformat())
print(parser.isoparse("2026-W05-3"), parser.parse("at 5 on 3 May 2020, or so", fuzzy=True))
print(datetime(2024, 1, 31) + relativedelta.relativedelta(months=1, weekday=relativedelta.FR(-1)))
print(relativedelta.relativedelta(datetime(2026, 3, 1), datetime(2024, 2, 29)))
rule = rrule.rrule(rrule.MONTHLY, count=4, byweekday=rrule.FR(-1), dtstart=datetime(2026, 1, 1))
print([day.strftime("%d.%m.") for day in rule])
print(len(list(rrule.rrulestr("DTSTART:20260101T090000\nRRULE:FREQ=WEEKLY;UNTIL=20260301T000000;BYDAY=MO,WE"))))
print([easter.easter(year).isoformat() for year in (2025, 2026)])
print(datetime(2026, 7, 1, tzinfo=tz.UTC).astimezone(tz.tzstr("CET-1CEST,M3.5.0,M10.5.0/3")).isoformat())
try:
    parser.parse("no date")
except parser.ParserError as error:
    print(error)
