import importlib.metadata
import importlib.resources

import click


def main():
    text = importlib.resources.files(__name__).joinpath("text.txt").read_text().strip()
    click.echo(f"{text} {importlib.metadata.version('locked')}, click {importlib.metadata.version('click')}")
