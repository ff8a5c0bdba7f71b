raise ImportError("windows need a display, which the sandbox has none of; use the terminal", name=__name__)
