"""Evaluates each expression on stdin, and prints which error it ends with: expression, type, text."""
import concurrent.futures
import ctypes
import curses.panel
import multiprocessing.managers
import socket
import ssl
import sys
import tkinter
import urllib.request

callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda number: number)

for expression in sys.stdin.read().splitlines():
    try:
        print(expression, "no error", repr(eval(expression)), sep="\t")
    except Exception as error:
        text = getattr(error, "reason", None) or error
        print(expression, type(error).__name__, getattr(text, "strerror", None) or text, sep="\t")
