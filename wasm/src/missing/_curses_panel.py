"""As `_curses`: there is no screen to put a panel on."""

from _curses import _fail


class error(Exception):
    pass


class panel:
    __init__ = above = below = bottom = hidden = hide = move = replace = set_userptr = show = top = userptr = window = _fail


version = __version__ = "2.1"
bottom_panel = new_panel = top_panel = update_panels = _fail
