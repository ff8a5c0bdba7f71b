"""As `_curses`: there is no screen to put a panel on."""

from _curses import error, setupterm


version = __version__ = "0"


def new_panel(window):
    setupterm()


bottom_panel = top_panel = update_panels = setupterm
