from setuptools import Extension, setup

setup(ext_modules=[
    Extension("own.plain", ["src/own/plain.c"]),
    Extension("own.odd", ["src/own/odd.c"]),
    Extension("own.late", ["src/own/late.c"]),
    Extension("own.classes", ["src/own/classes.cpp"], language="c++", extra_compile_args=["-std=c++20", "-march=native"]),
])
