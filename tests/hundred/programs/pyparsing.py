"""pyparsing: sums with precedence, names of results, recursion, scanning, and mistakes."""

import pyparsing as pp

number = pp.pyparsing_common.number
sums = pp.infix_notation(number, [(pp.one_of("* /"), 2, pp.OpAssoc.LEFT), (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT)])
print(sums.parse_string("1 + 2 * (3 - 4.5)", parse_all=True).as_list())
key, value = pp.Word(pp.alphas)("key"), pp.quoted_string.set_parse_action(pp.remove_quotes)("value")
pair = pp.Group(key + pp.Suppress("=") + (value | number("value")))
result = pp.DelimitedList(pair)("pairs").ignore(pp.python_style_comment).parse_string("a = 'x', # no\n b = 2")
print([pair.as_dict() for pair in result.pairs])
nested = pp.Forward()
nested <<= pp.Group(pp.Suppress("(") + pp.ZeroOrMore(pp.Word(pp.nums) | nested) + pp.Suppress(")"))
print(nested.parse_string("(1 (2 3) ())").as_list(), pp.nested_expr().parse_string("(a (b))").as_list())
print(pp.Word(pp.nums).search_string("a1b22").as_list(), pp.Regex(r"(?P<y>\d{4})").parse_string("2026").y)
print(pp.Literal("x").set_parse_action(lambda: "y").transform_string("axbx"), sums)
for text in ("1 +", "(1", "x"):
    try:
        sums.parse_string(text, parse_all=True)
    except pp.ParseException as error:
        print(error)
