"""soupsieve: selectors of all kinds on a tree, and mistakes in them."""

# [requirements] beautifulsoup4==4.15.0
import soupsieve as sv
from bs4 import BeautifulSoup

soup = BeautifulSoup(
    "<div id=d lang=de><p class='a b'>one</p><p title='x y'>two <span>in</span></p><p></p><input type=checkbox checked>"
    "<a href='http://x'>l</a></div>",
    "html.parser",
)
for selector in (
    "p", "p.a.b", "#d > p + p", "p:nth-child(2n+1)", "[title~=y]", "p:not(.a):has(span)", "p:empty", ":checked", ":is(a, span)",
    "p ~ a", ":lang(de) > :first-of-type", ":-soup-contains('two')", ":nth-last-child(1 of p)", ":any-link", "p:only-of-type",
):
    print(selector, [str(tag)[:25] for tag in sv.select(selector, soup)])
pattern = sv.compile("p.a")
print(pattern.match(soup.p), pattern.select_one(soup).text, sv.closest("div", soup.span)["id"], sv.filter("p", soup.div)[1].text, sv.escape("1 a"))
for wrong in ("p[", "p:none", ":nth-child(x)", ">", ""):
    try:
        sv.select(wrong, soup)
    except sv.SelectorSyntaxError as error:
        print(str(error).splitlines()[0])
