"""Arithmetic on plain numbers."""


def add(a, b):
    """Return the sum of a and b."""
    return a + b


def multiply(a, b):
    """Return the product of a and b."""
    return a * b


def power(base, exponent):
    """Return base raised to exponent."""
    return base ** exponent


def factorial(n):
    """Return the product of the whole numbers 1 to n; 1 if n is 0.

    Raises ValueError if n is negative.
    """
    if n < 0:
        raise ValueError(f"factorial expects a number of at least 0, found {n}")
    result = 1
    for factor in range(2, n + 1):
        result *= factor
    return result
