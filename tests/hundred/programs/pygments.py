"""pygments: lexers by name, file and content; formatters; a filter; what it does not know."""

from pygments import highlight, lex
from pygments.filters import KeywordCaseFilter
from pygments.formatters import HtmlFormatter, RawTokenFormatter, Terminal256Formatter
from pygments.lexers import get_all_lexers, get_lexer_by_name, get_lexer_for_filename, guess_lexer
from pygments.styles import get_all_styles
from pygments.util import ClassNotFound

TEXT = "def f(x):  # ü\n    return f'{x!r}' + \"\\n\"\n"
print(highlight(TEXT, get_lexer_by_name("python"), HtmlFormatter(linenos="inline")))
print(repr(highlight("SELECT 1;", get_lexer_by_name("sql"), Terminal256Formatter(style="monokai"))))
lexer = get_lexer_for_filename("a.rs")
lexer.add_filter(KeywordCaseFilter(case="upper"))
print(lexer.name, "".join(value for _, value in lex("fn main() {}", lexer)))
print(guess_lexer("#!/usr/bin/perl\nprint 1;").name, guess_lexer("<?xml version='1.0'?><a/>").name)
print(highlight("a = 1", get_lexer_by_name("toml"), RawTokenFormatter()).decode())
print(len(list(get_all_lexers())) > 500, "vim" in get_all_styles(), len(HtmlFormatter().get_style_defs()) > 1000)
try:
    get_lexer_by_name("none")
except ClassNotFound as error:
    print(error)
