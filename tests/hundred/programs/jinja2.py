"""jinja2: inheritance, macros, filters, escaping, async, the sandbox, and mistakes."""

import asyncio

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = {
    "base.html": "<t>{% block title %}none{% endblock %}</t>{% block body %}{% endblock %}",
    "page.html": """{% extends "base.html" %}{% import "m.html" as m %}
{% block title %}{{ super() }}: {{ title }}{% endblock %}
{% block body %}{% for row in rows|sort(attribute="n")|groupby("k") -%}
{{ loop.index }}{{ row.grouper }}={{ row.list|map(attribute="n")|join("+") }};{% endfor %}{% call m.tag("<x>") %}!{% endcall %}{% endblock %}""",
    "m.html": "{% macro tag(text, kind='b') %}<{{ kind }}>{{ text }}{{ caller() }}</{{ kind }}>{% endmacro %}",
}
env = Environment(loader=DictLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined)
rows = [{"k": "a", "n": 2}, {"k": "b", "n": 3}, {"k": "a", "n": 1}]
print(env.get_template("page.html").render(title="A & B", rows=rows))
print(env.from_string("{{ x|default('d') }} {{ 'ab'|replace('a', '<') }} {{ '%05.1f'|format(2) }} {{ [1,2,3]|batch(2)|list }}").render())
asynchronous = Environment(enable_async=True)


async def numbers():
    for number in range(3):
        yield number


print(asyncio.run(asynchronous.from_string("{% for n in numbers() %}{{ n }}{% endfor %}").render_async(numbers=numbers)))
for environment, text in ((env, "{{ missing }}"), (env, "{% for %}"), (SandboxedEnvironment(), "{{ ''.__class__.mro() }}"), (env, "{% include 'no' %}")):
    try:
        print(environment.from_string(text).render())
    except TemplateError as error:
        print(type(error).__name__, error)
