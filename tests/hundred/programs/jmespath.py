"""jmespath: expressions over data, functions of one's own, and mistakes."""

import jmespath
from jmespath import functions


class Own(functions.Functions):
    @functions.signature({"types": ["string"]})
    def _func_twice(self, text):
        return text * 2


data = {"people": [{"name": "b", "age": 30, "tags": ["x"]}, {"name": "a", "age": 20, "tags": []}], "n": None}
for text in ("people[*].name", "people[?age > `25`].name | [0]", "sort_by(people, &age)[].{n: name, t: length(tags)}",
             "max_by(people, &age).name", "people[].tags[]", "n || 'none'", "keys(@)", "people[::-1].name", "join(',', people[*].name)"):
    print(text, "->", jmespath.search(text, data))
print(jmespath.search("twice(people[0].name)", data, jmespath.Options(custom_functions=Own())))
print(jmespath.compile("a.b[0]").parsed["type"])
for text in ("a[", "abs('x')", "none(@)", "a..b"):
    try:
        jmespath.search(text, data)
    except jmespath.exceptions.JMESPathError as error:
        print(type(error).__name__, str(error).splitlines()[0])
