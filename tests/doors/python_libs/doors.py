"""Runs the Python program that stdin has; its arguments are the app's."""
import sys

exec(compile(sys.stdin.read(), "<stdin>", "exec"))
