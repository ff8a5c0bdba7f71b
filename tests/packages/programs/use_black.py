"""black: its command with --version, --code, --check, --diff, stdin and files."""

import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import black
from click.testing import CliRunner

UGLY = '''
import   os,sys
class A( object ):
  def f(self,a,b = 1,*args,**kw)->int :
    """  Says something.   """
    if not a in (1,2,3) : return {'a':1,"b":[x for x in range( 10 ) if x%2==0],'c':lambda x:x**2}
    with open('a') as f, open('b') as g:
      print( f"{a!r} {b:>{10}}",file = sys.stderr ) ;return None
    match a:
      case {"x":1,**rest} if rest: pass
      case [1,*_]|(2,3): ...
async def  g(*,x:int=1,y:"str"='2'): return await very_long_function_name_one(argument_number_one,argument_number_two, argument_three)
'''


def command(*arguments, stdin=""):
    """Runs the command; what it prints, without the version of Python and the time, and what it exits with."""
    result = CliRunner().invoke(black.main, arguments, prog_name="black", input=stdin)
    said = re.sub(r"3\.13\.\d+|\d{4}-\d\d-\d\d [\d:.+]+ ?[\d:+]*", "...", result.output)
    print("$ black", *arguments, "->", result.exit_code)
    print(said)


def main():
    print("black", version("black"))
    command("--version")
    command("--code", "x = {  'a':37,'b':42,\n\n'c':927}")
    command("-", stdin=UGLY)
    command("--check", "-", stdin=UGLY)
    command("--check", "--quiet", "-", stdin="x = 1\n")
    command("--diff", "-q", "-", stdin="def f ( a, ):\n  return  a\n")
    command(
        "-l", "40", "-S", "-C", "-t", "py313", "-q", "-", stdin="type X[T]=dict[str,list[T]]\nf(a_long_name, 'another', b,)\n"
    )
    command("-q", "-", stdin="def f(:\n")
    command("-", stdin="if x:\npass\n")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("pyproject.toml").write_text("[tool.black]\nline-length = 50\nskip-string-normalization = true\n")
        Path("module.py").write_text("print('a string', 'another string' ,  'and one more')\n")
        command("-q", "module.py")
        print(Path("module.py").read_text(), end="")
        command("--check", "-q", ".")
        os.chdir("/")
    try:
        black.format_file_contents("x = 1\n", fast=False, mode=black.Mode())
    except black.NothingChanged:
        print("nothing changed")
    print(
        black.format_str(UGLY, mode=black.Mode(line_length=60))
        == black.format_str(black.format_str(UGLY, mode=black.Mode(line_length=60)), mode=black.Mode(line_length=60))
    )
