"""docutils: text to HTML, LaTeX and a tree, with directives, and what it reports."""

import io

from docutils import nodes
from docutils.core import publish_doctree, publish_parts, publish_string
from docutils.parsers.rst import Directive, directives

TEXT = """
Title
=====

Some *text* with ``code``, a link_ and a footnote [1]_.

.. _link: http://x
.. [1] The note.
.. note:: Take care.

- one
- two

+---+---+
| a | b |
+---+---+
| 1 | 2 |
+---+---+

.. own:: word

.. math:: a^2
"""


class Own(Directive):
    required_arguments = 1

    def run(self):
        return [nodes.paragraph(text=f"own {self.arguments[0]}")]


directives.register_directive("own", Own)
quiet = {"warning_stream": io.StringIO(), "embed_stylesheet": False, "output_encoding": "unicode"}
latex = {**quiet, "use_latex_citations": True, "legacy_column_widths": False}
parts = publish_parts(TEXT, writer="html5", settings_overrides=quiet)
print(parts["title"])
print(parts["body"])
print(len(publish_string(TEXT, writer="latex", settings_overrides=latex)) > 1000)
tree = publish_doctree(TEXT, settings_overrides=quiet)
print([type(node).__name__ for node in tree.children], len(list(tree.findall(nodes.reference))))
print(publish_string("*a*", writer="pseudoxml", settings_overrides=quiet))
publish_doctree("*open\n\n.. none::\n", settings_overrides=quiet)
print(quiet["warning_stream"].getvalue())
