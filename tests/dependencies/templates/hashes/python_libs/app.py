import importlib.metadata
import importlib.resources

import click

if __name__ == "__main__":
    note = importlib.resources.files().joinpath("note.txt").read_text().strip()
    click.echo(f"{note}: click {importlib.metadata.version('click')}")
