"""click: a command with groups, options of all kinds, prompts, completion and its help and mistakes."""

import enum
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import click
from click.shell_completion import BashComplete
from click.testing import CliRunner


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


@click.group(context_settings={"auto_envvar_prefix": "TOOL", "help_option_names": ["-h", "--help"]})
@click.version_option(version("click"), prog_name="tool")
@click.option("--verbose", "-v", count=True, help="Say more; may be repeated.")
@click.pass_context
def tool(context, verbose):
    """A tool that keeps notes.

    \b
    Its lines
      stay as they are.
    """
    context.obj = {"verbose": verbose}


@tool.command()
@click.argument("texts", nargs=-1, required=True)
@click.option("--level", type=click.Choice(Level, case_sensitive=False), default=Level.LOW, show_default=True)
@click.option("--number", type=click.IntRange(1, 9), default=1, show_default=True, help="How often.")
@click.option("--shout/--no-shout", default=False)
@click.option("--pair", type=(str, float), multiple=True)
@click.option("--when", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_obj
def add(settings, texts, level, number, shout, pair, when):
    """Adds TEXTS."""
    text = " ".join(texts) * number
    click.echo(f"{settings['verbose']} {level.name} {text.upper() if shout else text} {pair} {when}")


@tool.command("copy")
@click.argument("source", type=click.File("r"))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def copy_(source, target):
    """Copies SOURCE to TARGET."""
    target.write_text(source.read().upper())
    click.secho(f"copied to {target.name}", fg="green", bold=True)


@tool.command()
@click.option("--name", prompt="Your name")
@click.password_option()
def login(name, password):
    """Asks."""
    if click.confirm("Sure?", default=False):
        click.echo(f"{name} {len(password)}")
    else:
        raise click.Abort()


def main():
    runner = CliRunner()
    folder = tempfile.mkdtemp()
    source, target = Path(folder, "source"), Path(folder, "target")
    source.write_text("text\n")
    for arguments, keywords in [
        (["--help"], {}),
        (["add", "-h"], {}),
        (["--version"], {}),
        (["-vv", "add", "a", "b", "--shout", "--level", "HIGH", "--pair", "x", "1.5", "--when", "2026-01-02"], {}),
        (["add", "a"], {"env": {"TOOL_ADD_NUMBER": "3"}}),
        (["add"], {}),
        (["add", "a", "--number", "10"], {}),
        (["add", "a", "--level", "middle"], {}),
        (["ad"], {}),
        (["add", "--shoot", "a"], {}),
        (["copy", str(source), str(target)], {}),
        (["copy", "-", str(target)], {"input": "from stdin\n"}),
        (["copy", "missing", str(target)], {}),
        (["login"], {"input": "Ada\nsecret\nsecret\ny\n"}),
        (["login"], {"input": "Ada\none\ntwo\nsecret\nsecret\nn\n"}),
    ]:
        result = runner.invoke(tool, arguments, color="copy" in arguments, **keywords)
        print("$ tool", " ".join(arguments).replace(folder, "FOLDER"), "->", result.exit_code)
        print(result.output)
    print(target.read_text(), end="")
    os.environ.update(COMP_WORDS="tool add --le", COMP_CWORD="2")
    print(BashComplete(tool, {}, "tool", "_TOOL_COMPLETE").complete())
    click.echo_via_pager("paged\n")
    for value in click.progressbar([1, 2, 3], label="Working", file=sys.stdout).iter:
        click.echo(click.style(value, fg="red"), nl=False)
    click.echo()
    return tool(["add", "the", "end"], prog_name="tool")
