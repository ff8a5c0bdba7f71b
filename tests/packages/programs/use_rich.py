"""rich: tables, Markdown, syntax, trees, the log, tracebacks, pretty printing, and progress without its thread."""

import io
import logging
from dataclasses import dataclass, field
from importlib.metadata import version

from rich import box, inspect
from rich.columns import Columns
from rich.console import Console, Group
from rich.json import JSON
from rich.logging import RichHandler
from rich.markdown import Markdown
from rich.panel import Panel
from rich.pretty import pprint
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.prompt import Confirm
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.traceback import Traceback
from rich.tree import Tree

TEXT = """# Heading

Some *emphasis*, **strong**, `code` and [a link](http://example.org).

1. one
2. two
   - nested

> quoted

```python
def f(x): return x + 1  # comment
```

| a | b |
|---|--:|
| x | 1 |
"""


@dataclass
class Node:
    name: str
    children: list = field(default_factory=list)


def table():
    table = Table(title="Släns", box=box.ROUNDED, show_footer=True)
    table.add_column("Name", footer="total", style="cyan", no_wrap=True)
    table.add_column("Count", footer="7", justify="right")
    table.add_column("Text", max_width=20)
    table.add_row("one", "3", "a text that is longer than its column")
    table.add_row("二つ", "4", "[bold red]marked[/] 🎉", end_section=True)
    return table


def fails(depth):
    return fails(depth - 1) if depth else {}["missing"]


def main():
    print("rich", version("rich"), "pygments", version("pygments"))
    plain = Console(width=72, log_time=False, log_path=False, color_system=None)
    color = Console(
        width=60, force_terminal=True, color_system="truecolor", legacy_windows=False, log_time=False, log_path=False
    )
    for console in (plain, color):
        console.print(table())
        console.print(Markdown(TEXT, hyperlinks=console is plain))
        console.print(Syntax("for x in range(3):\n    print(f'{x}')", "python", line_numbers=True, theme="monokai"))
        console.log("logged", {"a": [1, 2.5, None]}, log_locals=False)
        console.print(Panel(Group(Text("in a panel", style="bold"), Rule("rule")), title="title", expand=False))
        console.print(JSON('{"a": [true, null, 1.5], "b": "ü"}'))
        console.print(Columns(f"item {number}" for number in range(20)))
    tree = Tree("root")
    tree.add("first").add("[green]leaf")
    plain.print(tree, ":thumbs_up:", "http://example.org", "1 < 2 [not a tag")
    pprint(Node("a", [Node("b"), Node("c" * 50)]), console=plain, expand_all=True)
    inspect(Node("seen"), console=plain, methods=False)

    with Progress(
        TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), console=plain, auto_refresh=False
    ) as progress:
        for _ in progress.track(range(5), description="Working"):
            pass
    with Progress(BarColumn(10), console=color, auto_refresh=False) as progress:
        task = progress.add_task("", total=2)
        progress.advance(task)
        progress.refresh()
        progress.console.print("between")
        progress.advance(task)

    handler = RichHandler(console=plain, show_time=False, show_path=False, rich_tracebacks=True, markup=True)
    logging.basicConfig(level="INFO", format="%(message)s", handlers=[handler], force=True)
    logging.getLogger("test").warning("a [bold]warning[/] about %s", "something")
    try:
        fails(2)
    except KeyError as error:
        shown = Traceback.from_exception(type(error), error, error.__traceback__).trace.stacks[0]
        plain.print(shown.exc_type, shown.exc_value, [frame.name for frame in shown.frames])
    with plain.capture() as captured:
        plain.print("captured")
    recorder = Console(record=True, width=20, file=io.StringIO())
    recorder.print("[red]red[/]")
    print(repr(captured.get()), recorder.export_html(inline_styles=True, code_format="{code}"))
    print(Confirm("really", console=plain).process_response("y"), Text.from_markup("[b]x[/b]y").spans)
