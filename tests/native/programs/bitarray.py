# [tool.pyapp] native = ["bitarray"]
import bitarray
import bitarray.util

bits = bitarray.bitarray("1100101")
bits.extend([1, 0, 1])
print(bits, bits.count(), ~bits, bits.tobytes(), bits[2:8:2], bitarray.util.ba2int(bits), bits.find(bitarray.bitarray("101")))
print(bitarray.util.huffman_code({"a": 5, "b": 2, "c": 1})["a"], bitarray.util.sc_decode(bitarray.util.sc_encode(bits)) == bits)
