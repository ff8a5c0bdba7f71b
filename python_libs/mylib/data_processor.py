"""A class built on the two sibling modules."""

from .math_utils import add, multiply
from .string_utils import capitalize_words


class DataProcessor:
    """Processes batches of data and counts them."""

    def __init__(self, name):
        self.name = name
        self.processed_count = 0

    def process_numbers(self, numbers):
        """Return {'sum': ..., 'product': ...} of the numbers; 0 and 1 if there are none."""
        total, product = 0, 1
        for number in numbers:
            total = add(total, number)
            product = multiply(product, number)
        self.processed_count += 1
        return {"sum": total, "product": product}

    def process_strings(self, strings):
        """Return the list of the strings, the words in each capitalized."""
        capitalized = [capitalize_words(text) for text in strings]
        self.processed_count += 1
        return capitalized

    def get_stats(self):
        """Return the name and the number of batches processed so far."""
        return {"name": self.name, "processed_count": self.processed_count}
