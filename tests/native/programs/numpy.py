# [tool.pyapp] native = ["numpy"]
import numpy as np

a = np.arange(12.0).reshape(3, 4)
print(a.sum(), a.mean(axis=0), (a @ a.T)[1], np.sort(a.ravel()[::-1])[:3], a[a > 5].astype(int))
print(np.linalg.inv(np.array([[2.0, 1], [1, 3]])), np.linalg.eigvalsh(np.array([[2.0, 0], [0, 3]])))
print(np.fft.fft([1, 0, 0, 0]), np.random.default_rng(5).integers(0, 100, 5), np.einsum("ij,j->i", a, [1, 0, 1, 0]))
try:
    np.linalg.inv(np.zeros((2, 2)))
except np.linalg.LinAlgError as error:
    print("LinAlgError", error)
print(np.array(["a", "bc"]), np.datetime64("2026-11-27") + np.timedelta64(5, "D"), np.float32(0.1), np.finfo(float).eps, np.array([1, 2], dtype="i1").nbytes)
