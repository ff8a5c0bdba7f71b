"""rich: a table, markup, Markdown, syntax, a tree, and what is printed prettily."""

from rich import box
from rich.console import Console, Group
from rich.json import JSON
from rich.markdown import Markdown
from rich.panel import Panel
from rich.pretty import pretty_repr
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

console = Console(width=60, force_terminal=True, color_system="truecolor", legacy_windows=False, _environ={})
table = Table(title="Things", box=box.ROUNDED, show_footer=True)
table.add_column("Name", style="cyan", footer="all")
table.add_column("Size", justify="right", footer="[b]12[/b]")
table.add_row("a", "1")
table.add_row("東京 :smile:", "11", style="on red")
console.print(Panel(table, title="t", width=40))
console.print(Markdown("# Head\n\nSome *text* with `code`.\n\n1. one\n2. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"))
console.print(Syntax("def f(x):\n    return x  # ü", "python", line_numbers=True, theme="monokai"))
tree = Tree("root")
tree.add("[green]leaf").add(Group("a", Text("b", "bold")))
console.print(tree, JSON('{"a": [1, null]}'))
console.print(pretty_repr({"list": list(range(30)), "nested": {"k": {"x": "y" * 30}}}, max_width=40))
console.print("[bold red]wrapped[/] " + "words " * 12, "\\[no]", 3.5, highlight=True)
