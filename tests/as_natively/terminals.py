"""What curses knows of a terminal without taking it: what Python's own prompt asks for, and what programs print in colour with."""
import curses


def attempt(function, *arguments):
    try:
        print(function.__name__, *map(repr, arguments), "->", function(*arguments))
    except curses.error as error:
        print(function.__name__, *map(repr, arguments), "->", type(error).__name__, error)


attempt(curses.tigetstr, "cup")
attempt(curses.tparm, b"%p1%d", 1)
attempt(curses.setupterm, "no-such-terminal", 1)
attempt(curses.setupterm, "xterm-256color", 1)
# The first one counts.
attempt(curses.setupterm, "dumb", 1)
for name in """bel bold civis clear cnorm cub cub1 cud cud1 cuf cuf1 cup cuu cuu1 dch dch1 el hpa ich ich1 ind op pad rev ri rmkx rmul
        setab setaf sgr0 smkx smul kcub1 kcud1 kcuf1 kcuu1 kdch1 kend kent kf1 kf5 kf12 khome kich1 knp kpp nonsense""".split():
    attempt(curses.tigetstr, name)
for name in "colors pairs it el".split():
    attempt(curses.tigetnum, name)
for name in "am el".split():
    attempt(curses.tigetflag, name)

for colour in (0, 7, 8, 15, 16, 255):
    attempt(curses.tparm, curses.tigetstr("setaf"), colour)
    attempt(curses.tparm, curses.tigetstr("setab"), colour)
attempt(curses.tparm, curses.tigetstr("cup"), 4, 5)
for format, *numbers in [(b"",), (b"plain",), (b"%%",), (b"%p1%d",), (b"%p1%p2%-%d", 2, 9), (b"%i%p1%d;%p2%d", 0, 9)]:
    attempt(curses.tparm, format, *numbers)
for number in (0, 5, 9):
    attempt(curses.tparm, b"%?%p1%{3}%<%ta%e%p1%{6}%<%tb%ec%;d", number)
    attempt(curses.tparm, b"%?%p1%{6}%<%ta%;d", number)
try:
    curses.tparm("text")
except TypeError as error:
    print(type(error))
