"""jinja2: inheritance, macros, filters, escaping, the sandbox, loaders, compiled templates and its mistakes."""

import asyncio
import tempfile
from importlib.metadata import version

import jinja2
import jinja2.meta
from jinja2 import DictLoader, Environment, FileSystemBytecodeCache, StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

TEMPLATES = {
    "base.html": "<title>{% block title %}none{% endblock %}</title>\n{% block body required %}{% endblock %}\n",
    "page.html": """{% extends "base.html" %}
{% from "macros.html" import field with context %}
{% block title %}{{ super() }} / {{ title|title }}{% endblock %}
{% block body -%}
{% for group, rows in items|groupby("kind") %}
  {{- loop.index }}. {{ group }}: {{ rows|map(attribute="name")|join(", ") }}{{ " (last)" if loop.last }}
{% else %}nothing{% endfor -%}
{{ field("name", value='<"&>') }} {{ unsafe }} {{ safe }}
{%- set ns = namespace(total=0) %}{% for item in items %}{% set ns.total = ns.total + item.price %}{% endfor %}
total {{ "%.2f"|format(ns.total) }} {{ ns.total|round(1) }} {{ 1234567|filesizeformat }}
{%- filter upper %} shouted {% endfilter %}
{%- call(user) field("caller") %}<i>{{ user }}</i>{% endcall %}
{%- include ["missing.html", "part.txt"] %}
{%- endblock %}""",
    "macros.html": """{% macro field(name, value="") -%}
<input name={{ name }} value="{{ value }}">{% if caller %}{{ caller("u") }}{% endif %}{{ title }}
{%- endmacro %}""",
    "part.txt": "part of {{ title }}",
    "broken.html": "line one\n{% if x %}\n{% endfor %}",
}
ITEMS = [
    {"name": "apple", "kind": "fruit", "price": 1.25},
    {"name": "leek", "kind": "vegetable", "price": 2.5},
    {"name": "pear", "kind": "fruit", "price": 0.1},
]


def tried(action):
    try:
        print(repr(action()))
    except jinja2.TemplateSyntaxError as error:
        print(f"{type(error).__name__}: {error.message} ({error.name}, line {error.lineno})")
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


async def later(value):
    await asyncio.sleep(0)
    return value * 2


def main():
    print("jinja2", version("jinja2"), "markupsafe", version("markupsafe"))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):  # the second from the compiled templates
            cache = FileSystemBytecodeCache(folder)
            environment = Environment(
                loader=DictLoader(TEMPLATES),
                autoescape=select_autoescape(),
                bytecode_cache=cache,
                extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
            )
            page = environment.get_template("page.html")
            text = page.render(title="the page", items=ITEMS, unsafe="<b>", safe=Markup("<b>"))
        print(text)
    environment.filters["rot13"] = lambda text: text.translate({c: (c - 84) % 26 + 97 for c in range(97, 123)})
    environment.install_gettext_callables(lambda text: text[::-1], lambda one, many, n: one if n == 1 else many, newstyle=True)
    for source in [
        "{{ 'hello'|rot13 }}",
        "{% do items.append(4) %}{{ items }}",
        "{{ items[::-1]|first }} {{ items|sum }}",
        "{% for i in items %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
        "{% trans n=2 %}one{% pluralize %}{{ n }} many{% endtrans %}",
        "{{ {'b': 1, 'a': 2}|tojson(indent=1) }}",
        "{{ 'a b'|urlencode }} {{ '<p>x</p> y'|striptags }} {{ 'long words here'|wordwrap(6) }}",
    ]:
        print(environment.from_string(source).render(items=[1, 2, 3]))
    strict = Environment(undefined=StrictUndefined, loader=DictLoader(TEMPLATES))
    tried(lambda: strict.from_string("{{ missing.x }}").render())
    tried(lambda: strict.get_template("broken.html"))
    tried(lambda: strict.get_template("nowhere.html"))
    tried(lambda: strict.from_string("{{ 1 // 0 }}").render())
    tried(lambda: SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render())
    print(sorted(jinja2.meta.find_undeclared_variables(environment.parse("{{ a }}{% set b = c %}{{ b }}"))))
    async_environment = Environment(enable_async=True)
    template = async_environment.from_string("{% for x in [1, 2] %}{{ later(x) }} {% endfor %}")
    print(asyncio.run(template.render_async(later=later)), escape("'<"), Markup("<i>%s</i>") % "<", Markup("&lt;b").unescape())
