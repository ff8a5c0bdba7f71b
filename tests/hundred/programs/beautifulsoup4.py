"""beautifulsoup4 with the parser of the standard library: searching, selecting, changing, printing, encodings."""

from bs4 import BeautifulSoup, Comment, SoupStrainer

TEXT = """<html><head><title>T &amp; U</title></head><body>
<p class="a b" id=one>Some <b>bold</b> text<br>and <a href="/x">link</a><!-- note --></p>
<ul><li>1<li>2</ul><p>&eacute;</p></body>"""
soup = BeautifulSoup(TEXT, "html.parser")
print(soup.title.string, soup.p["class"], soup.p.get_text("|", strip=True), soup.a["href"])
print(soup.find_all("li"), soup.find(id="one").b.next_sibling, soup.find(string=lambda text: isinstance(text, Comment)))
print(soup.select("p.a > a[href^='/']"), soup.select_one("ul li:last-child"), [tag.name for tag in soup.b.parents])
tag = soup.new_tag("i", attrs={"data-x": "1"})
tag.string = "<new>"
soup.b.replace_with(tag)
soup.ul.decompose()
soup.br.unwrap()
print(soup.body.prettify())
print(soup.find_all("p")[1].encode("ascii"), soup.find_all("p")[1].decode(formatter="html"))
print(BeautifulSoup(TEXT, "html.parser", parse_only=SoupStrainer("a")), list(soup.stripped_strings))
packed = "<meta charset='iso-8859-1'><p>ü</p>".encode("latin-1")
print(BeautifulSoup(packed, "html.parser").original_encoding, BeautifulSoup(packed, "html.parser").p)
