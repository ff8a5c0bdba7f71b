# [tool.pyapp] native = ["lxml"]
import io
import threading
from lxml import etree, html, objectify
from lxml.builder import E

print(etree.__file__.rpartition("/")[2].partition(".")[0], sorted(etree.LIBXML_FEATURES - {"http", "ftp"}))

root = etree.fromstring(b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE shop [<!ENTITY who "A &amp; B"><!ATTLIST item kind CDATA "plain">]>
<shop xmlns="urn:s" xmlns:x="urn:x"><!-- c --><?pi d?>
 <item id="1" x:price="2.50">caf\xc3\xa9 &who;</item><item id="2"><b>bold</b> tail</item></shop>""")
print(etree.tostring(root, encoding="unicode"))
print(root.tag, root.nsmap, [child.tag for child in root if isinstance(child.tag, str)])
names = {"s": "urn:s", "x": "urn:x"}
print(root.xpath("//s:item[@x:price > 2]/@id", namespaces=names), root.xpath("sum(//@id)"), root.xpath("string(//s:b)", namespaces=names))
print(root.xpath("re:test(//s:item[1], '^caf.')", namespaces={**names, "re": "http://exslt.org/regular-expressions"}))
print(root.find("s:item[@id='2']", names).findtext("{urn:s}b"), root.getroottree().getpath(root[3]))

for wrong in [b"<a><b></a>", b"<a x=1/>", b"", b"<a>&no;</a>", "<a>\ud7ff\x01</a>".encode(), b"<a/><b/>"]:
    try:
        etree.fromstring(wrong)
    except etree.XMLSyntaxError as error:
        print(error.code, error.position, error)
try:
    root.xpath("//[")
except etree.XPathError as error:
    print(type(error).__name__, error)
broken = etree.XMLParser(recover=True)
print(etree.tostring(etree.fromstring("<a><b>x</a>", broken)), len(broken.error_log), broken.error_log[0].type_name)

transform = etree.XSLT(etree.XML("""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:math="http://exslt.org/math"
 xmlns:str="http://exslt.org/strings" xmlns:date="http://exslt.org/dates-and-times" xmlns:f="urn:f" exclude-result-prefixes="math str date f">
 <xsl:output method="html" indent="yes"/><xsl:param name="title"/><xsl:key name="k" match="n" use="@g"/>
 <xsl:template match="/"><html><h1><xsl:value-of select="$title"/></h1><ul><xsl:apply-templates select="//n">
  <xsl:sort select="." data-type="number" order="descending"/></xsl:apply-templates></ul>
  <p><xsl:value-of select="concat(math:max(//n), ' ', count(key('k', 'a')), ' ', str:padding(3, '*'), ' ', date:year('2024-02-29'))"/></p>
  <p><xsl:value-of select="format-number(12345.678, '#,##0.00')"/> <xsl:value-of select="f:twice('ab')"/></p></html></xsl:template>
 <xsl:template match="n"><li><xsl:number value="position()" format="i"/>: <xsl:value-of select="."/></li></xsl:template>
</xsl:stylesheet>"""), extensions={("urn:f", "twice"): lambda context, text: text * 2})
print(transform(etree.XML("<r><n g='a'>3</n><n g='b'>20</n><n g='a'>1</n></r>"), title=etree.XSLT.strparam("it's")))
try:
    etree.XSLT(etree.XML("<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='['/></xsl:stylesheet>"))
except etree.XSLTParseError as error:
    print("XSLTParseError", error)

page = html.fromstring("<p class=a>One<br>two <a href='/x?a=1&b=2'>link</a><p>Unclosed <b>bold &eacute; &#8364;<table><tr><td>1<td>2</table>")
print(html.tostring(page, encoding="unicode"))
page.make_links_absolute("http://h.example/")
print([link[2] for link in page.iterlinks()], page.xpath("//td/text()"), page.text_content())
for name in ["windows-1252", "iso-8859-15", "koi8-r", "shift_jis", "gb18030", "utf-16"]:
    text = {"koi8-r": "Привет", "shift_jis": "日本", "gb18030": "中文"}.get(name, "é€")
    data = f"<?xml version='1.0' encoding='{name}'?><a>{text}</a>".encode(name)
    # The C library's iconv reads GB18030, and does not write it.
    written = name != "gb18030" and etree.tostring(E.a(text), encoding=name).decode(name).splitlines()[-1]
    print(name, etree.fromstring(data).text == text, written)
print(html.fromstring("<meta charset=windows-1252><p>\x80\xe9".encode("latin-1")).text_content())

schema = etree.XMLSchema(etree.XML("""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>
<xs:sequence><xs:element name="n" type="xs:int" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""))
for text in ["<a><n>1</n></a>", "<a><n>x</n></a>", "<a><n>1</n><n>2</n><n>3</n></a>"]:
    print(schema.validate(etree.XML(text)), [entry.message for entry in schema.error_log])
relax = etree.RelaxNG(etree.XML("<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><zeroOrMore><element name='b'><text/></element></zeroOrMore></element>"))
print(relax.validate(etree.XML("<a><b/><b/></a>")), relax.validate(etree.XML("<a><c/></a>")))
dtd = etree.DTD(io.StringIO("<!ELEMENT a (b*)><!ELEMENT b EMPTY>"))
print(dtd.validate(etree.XML("<a><b/></a>")), dtd.validate(etree.XML("<a>x</a>")))

print(etree.tostring(E.a(E.b("1", x="2"), "tail", E.c()), pretty_print=True).decode(), end="")
print(etree.tostring(etree.XML("<a  z='1'   b='2'><c/></a>"), method="c14n"))
print([(event, element.tag) for event, element in etree.iterparse(io.BytesIO(b"<a><b/><c>t</c></a>"), events=("start", "end"))])
pull = etree.XMLPullParser(events=("end",))
for part in ["<a><b>", "1</b><", "b>2</b></a>"]:
    pull.feed(part)
print([element.text for _, element in pull.read_events()])
with etree.xmlfile(io.BytesIO()) as file, file.element("r"):
    file.write(E.x("y"))
thing = objectify.fromstring("<o><n>1</n><f>2.5</f><t>text</t><n>3</n></o>")
print(thing.n + 1, [int(n) for n in thing.n], thing.f * 2, objectify.dump(thing))

with open("/tmp/doc.xml", "wb") as file:
    etree.ElementTree(root).write(file, compression=9)
print(etree.parse("/tmp/doc.xml", etree.XMLParser(decompress=True)).getroot().tag)
try:
    etree.parse("/tmp/none.xml")
except OSError as error:
    print(error)


def many():
    results.append(sum(len(etree.fromstring(f"<a>{'<b/>' * n}</a>")) for n in range(100)))


results = []
threads = [threading.Thread(target=many) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
