raise ImportError("curses needs a terminal of its own; print plain text, or escape sequences", name=__name__)
