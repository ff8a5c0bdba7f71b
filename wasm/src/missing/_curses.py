"""Where there is no terminal that belongs to the program alone: curses can be imported, and fails when it is to begin. What
programs name before that (keys, colours, attributes, the type of a window) is as in ncurses."""
from collections import namedtuple as _namedtuple


class error(Exception):
    pass


class window:
    def __init__(self, *arguments):
        setupterm()


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


def setupterm(term=None, fd=-1):
    raise error("curses needs a terminal of its own, which the sandbox has none of; print plain text, or escape sequences")


def _fail(*arguments):
    setupterm()


for name in """baudrate beep can_change_color cbreak color_content color_pair curs_set def_prog_mode def_shell_mode delay_output
        doupdate echo endwin erasechar filter flash flushinp get_escdelay get_tabsize getmouse getsyx getwin halfdelay has_colors
        has_ic has_il has_key init_color init_pair initscr intrflush is_term_resized isendwin keyname killchar longname meta
        mouseinterval mousemask napms newpad newwin nl nocbreak noecho nonl noqiflush noraw pair_content pair_number putp qiflush
        raw reset_prog_mode reset_shell_mode resetty resize_term resizeterm savetty set_escdelay set_tabsize setsyx start_color
        termattrs termname tigetflag tigetnum tigetstr tparm typeahead unctrl unget_wch ungetch ungetmouse update_lines_cols
        use_default_colors use_env""".split():
    globals()[name] = _fail
del name, number, bit


def has_extended_color_support():
    return False
