"""Helpers for text."""


def reverse_string(text):
    """Return the text with its characters in reverse order."""
    return text[::-1]


def capitalize_words(text):
    """Return the text with each word's first letter in upper case, the others in lower.

    Words are what blanks separate; the blanks are kept.
    """
    return " ".join(word.capitalize() for word in text.split(" "))


def count_vowels(text):
    """Return how many of the letters a, e, i, o, u the text has, in either case."""
    return sum(letter in "aeiou" for letter in text.lower())


def is_palindrome(text):
    """Return whether the letters and digits, case aside, read the same backwards."""
    letters = [char for char in text.lower() if char.isalnum()]
    return letters == letters[::-1]
