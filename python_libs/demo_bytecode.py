"""Demo: use mylib and compare each result with the one expected.

Run as `python -m demo_bytecode` with mylib on the module path. Exits with
status 0 if all results are right; at the first wrong one it says which on
stderr and exits with status 1.
"""

import sys

import mylib


def check(what, found, expected):
    """Return `found` if it is as expected, else end the program with status 1."""
    if found != expected:
        sys.exit(f"demo_bytecode: {what}: expected {expected!r}, found {found!r}")
    return found


def show_math():
    print("Testing Math Utilities:")
    print("  add(10, 20) =", check("add(10, 20)", mylib.add(10, 20), 30))
    print("  multiply(5, 7) =", check("multiply(5, 7)", mylib.multiply(5, 7), 35))
    print("  factorial(5) =", check("factorial(5)", mylib.factorial(5), 120))
    check("factorial(0)", mylib.factorial(0), 1)
    check("power(2, 10)", mylib.power(2, 10), 1024)
    try:
        found = mylib.factorial(-1)
    except ValueError:
        found = "ValueError"
    check("factorial(-1)", found, "ValueError")


def show_strings():
    print("Testing String Utilities:")
    found = check("reverse_string('hello world')",
                  mylib.reverse_string("hello world"), "dlrow olleh")
    print(f"  reverse_string('hello world') = {found!r}")
    found = check("capitalize_words('hello world')",
                  mylib.capitalize_words("hello world"), "Hello World")
    print(f"  capitalize_words('hello world') = {found!r}")
    check("count_vowels('Hello World')", mylib.count_vowels("Hello World"), 3)
    check("is_palindrome('Never odd or even')", mylib.is_palindrome("Never odd or even"), True)
    check("is_palindrome('bytecode')", mylib.is_palindrome("bytecode"), False)


def show_processor():
    print("Testing Data Processor (with internal deps):")
    processor = mylib.DataProcessor("DemoProcessor")

    numbers = [1, 2, 3, 4, 5]
    print(f"  Processing numbers: {numbers}")
    found = check("process_numbers", processor.process_numbers(numbers),
                  {"sum": 15, "product": 120})
    print(f"    Sum: {found['sum']}, Product: {found['product']}")
    print()

    strings = ["hello", "world", "from", "wasm"]
    print(f"  Processing strings: {strings}")
    found = check("process_strings", processor.process_strings(strings),
                  ["Hello", "World", "From", "Wasm"])
    print(f"    Capitalized: {found}")
    check("get_stats after two batches", processor.get_stats(),
          {"name": "DemoProcessor", "processed_count": 2})


def show_instance():
    print("Testing Class Instantiation:")
    processor = mylib.DataProcessor("CustomProcessor")
    print(f"  Created DataProcessor: {check('name', processor.name, 'CustomProcessor')}")
    processor.process_numbers([1, 2, 3])
    stats = check("get_stats after one batch", processor.get_stats(),
                  {"name": "CustomProcessor", "processed_count": 1})
    print(f"  Stats: {stats}")


def main():
    print("WASM CPython Bytecode Library Demo")
    print("=" * 60)
    print("✓ Successfully imported mylib")
    for show in (show_math, show_strings, show_processor, show_instance):
        show()
        print()
    print("✓ All tests passed! Bytecode library works in WASM!")


if __name__ == "__main__":
    main()
