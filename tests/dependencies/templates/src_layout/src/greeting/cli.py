import importlib.metadata
import importlib.resources
import tomllib

import click

WORDS = tomllib.loads(importlib.resources.files("greeting").joinpath("words.toml").read_text())


@click.command()
@click.version_option(importlib.metadata.version("greeting"))
@click.option("--language", default="en", type=click.Choice(list(WORDS)))
@click.argument("name")
def greet(language, name):
    click.echo(f"{WORDS[language]}, {name}")


@click.command()
def languages():
    click.echo("\n".join(WORDS))
