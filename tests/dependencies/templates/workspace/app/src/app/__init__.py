import importlib.metadata

import click
import lib


def main():
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("app", "click", "lib")]
    click.echo(f"{lib.title()}: {', '.join(versions)}")
