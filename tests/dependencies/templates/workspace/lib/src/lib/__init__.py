import importlib.resources


def title():
    return importlib.resources.files(__name__).joinpath("title.txt").read_text().strip()
