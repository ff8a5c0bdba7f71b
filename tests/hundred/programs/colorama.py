"""colorama: sequences, and streams from which they are taken out."""

import io

import colorama
from colorama import Back, Cursor, Fore, Style
from colorama.ansitowin32 import AnsiToWin32, StreamWrapper

print(repr(Fore.RED + Back.BLUE + Style.BRIGHT + "x" + Style.RESET_ALL), repr(Cursor.UP(2) + Cursor.POS(1, 2)))
said = io.StringIO()
AnsiToWin32(said, strip=True).stream.write(f"{Fore.GREEN}green{Fore.RESET} plain\n")
print(said.getvalue().strip(), StreamWrapper(said, None).closed)
colorama.init(strip=True)
print(Fore.RED + "red")
colorama.deinit()
print(repr(colorama.ansi.set_title("t") + colorama.ansi.clear_screen()))
