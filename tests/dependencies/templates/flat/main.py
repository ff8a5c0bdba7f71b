import importlib.metadata
import pathlib

import click
from words import count


def main():
    text = pathlib.Path(count.__file__).with_name("text.txt").read_text()
    click.echo(f"{count.count(text)} words, click {importlib.metadata.version('click').split('.')[0]}")


if __name__ == "__main__":
    main()
