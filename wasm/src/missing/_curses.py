"""Where there is no terminal that belongs to the program alone: curses can be imported, and fails when it is to begin. What
programs name before that (keys, colours, attributes, the type of a window) is as in ncurses. What terminals can do is known
(setupterm, tigetstr, tparm): Python's own prompt asks for it."""
import os as _os
import re as _re
import sys as _sys
from collections import namedtuple as _namedtuple


class error(Exception):
    pass


class window:
    def __init__(self, *arguments):
        _fail()


for name in """addch addnstr addstr attroff attron attrset bkgd bkgdset border box chgat clear clearok clrtobot clrtoeol
        cursyncup delch deleteln derwin echochar enclose encoding erase get_wch getbegyx getbkgd getch getkey getmaxyx getparyx
        getstr getyx hline idcok idlok immedok inch insch insdelln insertln insnstr insstr instr is_linetouched is_wintouched
        keypad leaveok move mvderwin mvwin nodelay notimeout noutrefresh overlay overwrite putwin redrawln redrawwin refresh
        resize scroll scrollok setscrreg standend standout subpad subwin syncdown syncok syncup timeout touchline touchwin
        untouchwin vline""".split():
    setattr(window, name, window.__init__)

version = __version__ = b"2.2"
ncurses_version = _namedtuple("ncurses_version", "major minor patch")(6, 4, 20221231)
ERR, OK = -1, 0

for number, name in enumerate("BLACK RED GREEN YELLOW BLUE MAGENTA CYAN WHITE".split()):
    globals()["COLOR_" + name] = number

A_NORMAL = 0
A_CHARTEXT = 0xFF
A_COLOR = 0xFF00
A_ATTRIBUTES = 0xFFFFFF00
for number, name in enumerate("""STANDOUT UNDERLINE REVERSE BLINK DIM BOLD ALTCHARSET INVIS PROTECT HORIZONTAL LEFT LOW RIGHT TOP
        VERTICAL ITALIC""".split(), 16):
    globals()["A_" + name] = 1 << number

for number in range(5):
    for bit, name in enumerate("RELEASED PRESSED CLICKED DOUBLE_CLICKED TRIPLE_CLICKED".split()):
        globals()[f"BUTTON{number + 1}_{name}"] = 1 << 5 * number + bit
BUTTON_CTRL, BUTTON_SHIFT, BUTTON_ALT, REPORT_MOUSE_POSITION = (1 << bit for bit in range(25, 29))
ALL_MOUSE_EVENTS = REPORT_MOUSE_POSITION - 1

KEY_MIN, KEY_MAX = 0o401, 0o777
for number, name in enumerate("BREAK DOWN UP LEFT RIGHT HOME BACKSPACE".split(), 0o401):
    globals()["KEY_" + name] = number
for number in range(64):
    globals()[f"KEY_F{number}"] = 0o410 + number
for number, name in enumerate("""DL IL DC IC EIC CLEAR EOS EOL SF SR NPAGE PPAGE STAB CTAB CATAB ENTER SRESET RESET PRINT LL A1 A3
        B2 C1 C3 BTAB BEG CANCEL CLOSE COMMAND COPY CREATE END EXIT FIND HELP MARK MESSAGE MOVE NEXT OPEN OPTIONS PREVIOUS REDO
        REFERENCE REFRESH REPLACE RESTART RESUME SAVE SBEG SCANCEL SCOMMAND SCOPY SCREATE SDC SDL SELECT SEND SEOL SEXIT SFIND
        SHELP SHOME SIC SLEFT SMESSAGE SMOVE SNEXT SOPTIONS SPREVIOUS SPRINT SREDO SREPLACE SRIGHT SRSUME SSAVE SSUSPEND SUNDO
        SUSPEND UNDO MOUSE RESIZE""".split(), 0o510):
    globals()["KEY_" + name] = number


def _fail(*arguments):
    raise error("curses needs a terminal of its own, which the sandbox has none of; print plain text, or escape sequences")


for name in """baudrate beep can_change_color cbreak color_content color_pair curs_set def_prog_mode def_shell_mode delay_output
        doupdate echo endwin erasechar filter flash flushinp get_escdelay get_tabsize getmouse getsyx getwin halfdelay has_colors
        has_ic has_il has_key init_color init_pair initscr intrflush is_term_resized isendwin keyname killchar longname meta
        mouseinterval mousemask napms newpad newwin nl nocbreak noecho nonl noqiflush noraw pair_content pair_number putp qiflush
        raw reset_prog_mode reset_shell_mode resetty resize_term resizeterm savetty set_escdelay set_tabsize setsyx start_color
        termattrs termname typeahead unctrl unget_wch ungetch ungetmouse update_lines_cols use_default_colors use_env""".split():
    globals()[name] = _fail
del name, number, bit


def has_extended_color_support():
    return False


# What kinds of terminals can do, as infocmp shows it. Each is as the one that is named first, but for what follows; a value
# that is empty takes away.
_KINDS = {
    "dumb": r"""nothing bel=^G cud1=\n ind=\n""",
    "vt100": r"""dumb clear=\E[H\E[J cub=\E[%p1%dD cub1=^H cud=\E[%p1%dB cuf=\E[%p1%dC cuf1=\E[C cup=\E[%i%p1%d;%p2%dH cuu=\E[%p1%dA
        cuu1=\E[A ed=\E[J el=\E[K el1=\E[1K ri=\EM sc=\E7 rc=\E8 bold=\E[1m blink=\E[5m rev=\E[7m smul=\E[4m rmul=\E[m sgr0=\E[m^O
        smkx=\E[?1h\E= rmkx=\E[?1l\E> kcub1=\EOD kcud1=\EOB kcuf1=\EOC kcuu1=\EOA kent=\EOM kf1=\EOP kf2=\EOQ kf3=\EOR kf4=\EOS""",
    "vt220": r"""vt100 civis=\E[?25l cnorm=\E[?25h dch=\E[%p1%dP dch1=\E[P ich=\E[%p1%d@ rmul=\E[24m sgr0=\E[m\E(B smkx= rmkx=
        kcub1=\E[D kcud1=\E[B kcuf1=\E[C kcuu1=\E[A kent= kdch1=\E[3~ kich1=\E[2~ kpp=\E[5~ knp=\E[6~ kf6=\E[17~ kf7=\E[18~
        kf8=\E[19~ kf9=\E[20~ kf10=\E[21~ kf11=\E[23~ kf12=\E[24~""",
    "linux": r"""vt220 civis=\E[?25l\E[?1c cnorm=\E[?25h\E[?0c hpa=\E[%i%p1%dG ich1=\E[@ sgr0=\E[m^O op=\E[39;49m setaf=\E[3%p1%dm
        setab=\E[4%p1%dm khome=\E[1~ kend=\E[4~ kf1=\E[[A kf2=\E[[B kf3=\E[[C kf4=\E[[D kf5=\E[[E""",
    "ansi": r"""linux civis= cnorm= ich1= sgr0=\E[0;10m khome=\E[H""",
    "rxvt": r"""linux clear=\E[H\E[2J civis=\E[?25l cnorm=\E[?12l\E[?25h sgr0=\E[m\E(B smkx=\E= rmkx=\E> kent=\EOM khome=\E[7~
        kend=\E[8~ kf1=\E[11~ kf2=\E[12~ kf3=\E[13~ kf4=\E[14~ kf5=\E[15~""",
    "screen": r"""linux civis=\E[?25l cnorm=\E[34h\E[?25h cuu1=\EM ich1= dim=\E[2m smkx=\E[?1h\E= rmkx=\E[?1l\E> kcub1=\EOD
        kcud1=\EOB kcuf1=\EOC kcuu1=\EOA kf1=\EOP kf2=\EOQ kf3=\EOR kf4=\EOS kf5=\E[15~""",
    "xterm": r"""screen clear=\E[H\E[2J cnorm=\E[?12l\E[?25h cuu1=\E[A sgr0=\E(B\E[m kent=\EOM khome=\EOH kend=\EOF""",
}

# Which kind a terminal is: by the first word in the value of TERM.
_NAMES = {
    "dumb": "dumb",
    "ansi": "ansi",
    "linux": "cygwin linux",
    "rxvt": "rxvt",
    "screen": "screen tmux",
    "vt100": "vt100 vt102",
    "vt220": "vt200 vt220 vt320 vt340 vt400 vt420 vt510 vt520 vt525",
    "xterm": "alacritty contour foot ghostty gnome iterm iterm2 kitty konsole mintty mlterm ms nsterm putty st vte wezterm xterm",
}
_MANY_COLOURS = _re.compile("256color|alacritty|contour|foot|ghostty|iterm|kitty|mintty|ms-terminal|nsterm|wezterm")
_PALETTE = r"\E[%?%p1%{{8}}%<%t{}%p1%d%e%p1%{{16}}%<%t{}%p1%{{8}}%-%d%e{};5;%p1%d%;m"
_WRITTEN = {"\\E": b"\033", "\\n": b"\n", "^G": b"\a", "^H": b"\b", "^O": b"\017"}

_strings = _numbers = None


def _of_kind(kind):
    based, *capabilities = _KINDS[kind].split()
    strings = _of_kind(based) if based in _KINDS else {}
    strings.update(capability.split("=", 1) for capability in capabilities)
    return strings


def setupterm(term=None, fd=-1):
    global _strings, _numbers
    if _strings is not None:
        return
    if fd == -1:
        fd = _sys.stdout.fileno()
    if term is None:
        term = _os.environ.get("TERM", "")
    word = _re.split("[-.+]", term)[0]
    kind = next((kind for kind, names in _NAMES.items() if word in names.split()), None)
    if kind is None:
        raise error("setupterm: could not find " + ("terminal" if term else "terminfo database"))
    strings, numbers = _of_kind(kind), {"cols": 80, "lines": 24, "it": 8}
    if "setaf" in strings:
        numbers.update(colors=8, pairs=64)
        if _MANY_COLOURS.search(term):
            numbers.update(colors=256, pairs=65536)
            strings.update(setaf=_PALETTE.format(3, 9, 38), setab=_PALETTE.format(4, 10, 48))
    try:
        numbers["cols"], numbers["lines"] = _os.get_terminal_size(fd)
    except OSError:
        pass
    _strings = {
        name.encode(): _re.sub(rb"\\.|\^.", lambda written: _WRITTEN[written[0].decode()], value.encode())
        for name, value in strings.items()
        if value
    }
    _numbers = numbers


def _expect_setup():
    if _strings is None:
        raise error("must call (at least) setupterm() first")


def tigetstr(capname, /):
    _expect_setup()
    return _strings.get(capname.encode())


def tigetnum(capname, /):
    _expect_setup()
    return -2 if capname.encode() in _strings else _numbers.get(capname, -1)


def tigetflag(capname, /):
    _expect_setup()
    return -1 if capname.encode() in _strings or capname in _numbers else int(capname == "am")


# Of the language of capabilities with parameters, terminfo(5), what is used above.
_WORD = _re.compile(rb"([^%]+)|%p([1-9])|%\{([0-9]+)\}|%([-<i?te;d%])|(%.?)", _re.DOTALL)


def tparm(str, i1=0, i2=0, i3=0, i4=0, i5=0, i6=0, i7=0, i8=0, i9=0, /):
    _expect_setup()
    parameters = [i1, i2, i3, i4, i5, i6, i7, i8, i9]
    stack, result, skipped_to = [], b"", b""
    for text, parameter, number, sign, unknown in _WORD.findall(str):
        if skipped_to:
            if sign and sign in skipped_to:
                skipped_to = b""
        elif unknown:
            raise error(f"tparm: expected what the capabilities of this table use, found {unknown}")
        elif text or sign == b"%":
            result += text or sign
        elif parameter:
            stack.append(parameters[int(parameter) - 1])
        elif number:
            stack.append(int(number))
        elif sign == b"d":
            result += b"%d" % stack.pop()
        elif sign == b"i":
            parameters[0] += 1
            parameters[1] += 1
        elif sign == b"-":
            stack.append(-stack.pop() + stack.pop())
        elif sign == b"<":
            stack.append(stack.pop() > stack.pop())
        elif sign == b"t" and not stack.pop():
            skipped_to = b"e;"
        elif sign == b"e":
            skipped_to = b";"
    return result
