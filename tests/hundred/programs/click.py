"""click: a group with options of all kinds, a prompt, its help, and its mistakes."""

import click
from click.testing import CliRunner


@click.group()
@click.option("-v", "--verbose", count=True)
@click.pass_context
def tool(context, verbose):
    """A tool."""
    context.obj = verbose


@tool.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--times", type=click.IntRange(1, 3), default=1, show_default=True, help="How often.")
@click.option("--kind", type=click.Choice(["a", "b"]), envvar="KIND")
@click.pass_obj
def greet(verbose, names, times, kind):
    """Greets NAMES."""
    click.secho(f"{verbose} {kind} " + " ".join(names) * times, fg="red")


@tool.command()
@click.option("--name", prompt=True)
@click.option("--file", type=click.File("w"), default="-")
def ask(name, file):
    click.echo(f"hi {name}", file=file)
    click.confirm("Sure?", abort=True)


runner = CliRunner(env={"KIND": "b"})
for arguments in (["--help"], ["-vv", "greet", "x", "y", "--times", "2"], ["greet", "--help"], ["ask"], ["greet"], ["greet", "x", "--times", "9"], ["grt"]):
    result = runner.invoke(tool, arguments, input="Ada\nn\n", color=True)
    print("$", *arguments, "->", result.exit_code)
    print(result.output)
