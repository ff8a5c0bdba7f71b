"""pycparser: C to a tree, the tree to C, a visitor, and a mistake."""

from pycparser import c_ast, c_generator, c_parser

TEXT = """
typedef struct node { int value; struct node *next; } node_t;
static int sum(const node_t *at, int (*f)(int)) {
    int total = 0;
    for (; at; at = at->next) { total += f ? f(at->value) : 0x10 << 2; }
    return total;
}
"""


class Names(c_ast.NodeVisitor):
    def visit_FuncDef(self, node):
        print(node.decl.name, node.decl.coord, [param.name for param in node.decl.type.args.params])
        self.generic_visit(node)

    def visit_TernaryOp(self, node):
        print("ternary", node.cond.name, type(node.iffalse).__name__)


tree = c_parser.CParser().parse(TEXT, "a.c")
Names().visit(tree)
print(c_generator.CGenerator().visit(tree))
print([type(node).__name__ for node in tree.ext])
try:
    c_parser.CParser().parse("int x = ;", "b.c")
except Exception as error:
    print(type(error).__name__, error)
