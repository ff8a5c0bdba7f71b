"""A small example library: numbers, strings, and a class that uses both."""

from .data_processor import DataProcessor
from .math_utils import add, factorial, multiply, power
from .string_utils import capitalize_words, count_vowels, is_palindrome, reverse_string

__all__ = [
    "DataProcessor",
    "add",
    "capitalize_words",
    "count_vowels",
    "factorial",
    "is_palindrome",
    "multiply",
    "power",
    "reverse_string",
]
