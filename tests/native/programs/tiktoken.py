# [tool.pyapp] native = ["tiktoken", "regex"]
import tiktoken

ranks = {bytes([byte]): byte for byte in range(256)} | {b"he": 256, b"ll": 257, b"hell": 258, b" w": 259}
encoding = tiktoken.Encoding("own", pat_str=r"\w+| ?\w+|\s+|[^\w\s]+", mergeable_ranks=ranks, special_tokens={"<end>": 300})
tokens = encoding.encode("hello world, ünd <end>", allowed_special="all")
print(tokens, encoding.decode(tokens), encoding.encode_batch(["hell", "he"]))
try:
    encoding.encode("<end>")
except ValueError as error:
    print(str(error).splitlines()[0])
