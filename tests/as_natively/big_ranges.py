"""Ranges of more numbers than 32 bits can count."""
import random
import secrets

random.seed(5)
big = range(10**10)
print(random.sample(big, 3), random.choice(big), random.choices(big, k=2))
print(random.choice(range(2**40, 0, -7)), random.sample(range(-(10**12), 10**12, 3), 30)[-1])
print(random.sample(range(5), counts=[3 * 10**9] * 5, k=4), 0 <= secrets.choice(range(2**40)) < 2**40)
try:
    random.choice(range(0))
except IndexError as error:
    print(error)
