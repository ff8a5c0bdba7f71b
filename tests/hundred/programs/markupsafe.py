"""markupsafe: escaping, formatting, joining, stripping of tags."""

from markupsafe import EscapeFormatter, Markup, escape, escape_silent, soft_str


class Link:
    def __html__(self):
        return "<a>"


print(escape("<&'\">"), escape(Link()), escape(3), repr(escape_silent(None)), soft_str("<"))
text = Markup("<b>%s</b> {} ") % "<i>"
print(text, text.format("&"), Markup(" ").join(["<", Markup("<br>")]), Markup("<b>a &amp; b</b>").striptags())
print(repr(Markup("a") + "<"), Markup("&lt;x&gt;").unescape(), Markup("<p>").upper(), type(text[1:]).__name__)
print(EscapeFormatter(escape).format("{x!r} {y:>4}", x="<", y="&"), escape("a" * 100 + "<")[-5:])
