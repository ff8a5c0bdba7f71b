"""Every directive of strftime with every flag, with widths and modifiers, for several dates."""
import datetime
import time

DIRECTIVES = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%" + "fiNq!"
FLAGS = ["", "_", "-", "0", "^", "#", "_^", "0#", "-5", "1", "12", "_12", "012", "^#12"]
DATES = [
    (2024, 3, 5, 9, 7, 4, 1, 65, 0),
    (2023, 1, 1, 23, 59, 61, 6, 1, 0),
    (12345, 7, 20, 12, 0, 0, 5, 202, 0),
    (-5, 11, 9, 1, 2, 3, 2, 313, -1),
]


def form(flags, modifier, directive, date):
    # glibc writes what it does not know in upper case here, for no reason.
    if "#" in flags and modifier == "E" and directive in "bh":
        return ""
    return time.strftime(f"[%{flags}{modifier}{directive}]", date)


for date in DATES:
    for directive in DIRECTIVES:
        for modifier in ["", "E", "O"]:
            print(modifier + directive, *(repr(form(flags, modifier, directive, date)) for flags in FLAGS))

date = DATES[0]
for text in ["%", "50% off", "100%%", "%-", "%10", "%^_0", "%E", "%+", "%l:%M %p", "ä%", "%ä", "", "%Y" * 300]:
    print(repr(time.strftime(text, date)))
print(repr(time.strftime("%2000d|%1500B", date)))

moment = datetime.datetime(2024, 3, 5, 15, 6, 7, 89, datetime.timezone(datetime.timedelta(hours=-3, minutes=-30), "XYZ"))
for text in ["%l:%M %p", "%P %k %N %+ %^B", "50% off", "%f %z %:z %Z %#Z", "%G-W%V-%u", "%C %y %s"]:
    print(repr(moment.strftime(text)), f"{moment:{text}}", repr(moment.date().strftime(text)))
print(datetime.date(7, 1, 2).strftime("%Y %F %G %C"))

for text in ["%Y-%m-%d %H:%M:%S", "%a %b %d %I:%M:%S %p %Y", "%c", "%x %X", "%j %Y", "%U %w %Y", "%W %a %Y"]:
    known = datetime.datetime(2024, 3, 5, 15, 6, 7)
    print(text, datetime.datetime.strptime(known.strftime(text), text))
