"""The state that readline keeps: history, files, completer."""
import os
import readline
import tempfile


def attempt(function, *arguments):
    try:
        result = repr(function(*arguments))
    except Exception as error:
        result = f"{type(error).__name__}: {error.args}"
    print(f"{function.__name__}{arguments}: {result}".replace(folder, "FOLDER"))


def items():
    return [readline.get_history_item(index + 1) for index in range(readline.get_current_history_length())]


folder = tempfile.mkdtemp()
path = os.path.join(folder, "history")


def contents():
    with open(path, "rb") as file:
        return file.read()


for index in -1, 0, 1:
    attempt(readline.get_history_item, index)
    attempt(readline.remove_history_item, index)
    attempt(readline.replace_history_item, index, "new")
attempt(readline.get_history_length)
for line in "one", "two", "", "a\nb", "ä\udcff":
    readline.add_history(line)
print(items())
attempt(readline.append_history_file, 1, path)
attempt(readline.write_history_file, path)
print(contents(), oct(os.stat(path).st_mode & 0o777))
readline.clear_history()
print(items())
attempt(readline.read_history_file, path)
print(items())
readline.remove_history_item(1)
readline.replace_history_item(0, "first")
print(items())
readline.set_history_length(3)
readline.write_history_file(path)
print(contents())
readline.add_history("new")
readline.append_history_file(1, path)
print(contents())
readline.set_history_length(-1)
readline.append_history_file(100, path)
print(contents())
with open(path, "w") as file:
    file.write("whole\n\ncut")
readline.clear_history()
readline.read_history_file(path)
print(items())
readline.set_history_length(0)
readline.write_history_file(path)
print(contents())
attempt(readline.read_history_file, os.path.join(folder, "none"))
attempt(readline.write_history_file, os.path.join(folder, "none", "none"))
attempt(readline.read_init_file, os.path.join(folder, "none"))
attempt(readline.parse_and_bind, "tab: complete")
attempt(readline.get_line_buffer)
attempt(readline.insert_text, "some")
attempt(readline.get_line_buffer)
attempt(readline.get_completer_delims)
attempt(readline.set_completer_delims, " ")
attempt(readline.get_completer_delims)
attempt(readline.get_completer)
attempt(readline.set_completer, len)
attempt(readline.get_completer)
attempt(readline.set_completer)
attempt(readline.get_completer)
for function in (readline.set_completer, readline.set_startup_hook, readline.set_pre_input_hook,
                 readline.set_completion_display_matches_hook):
    attempt(function, 5)
attempt(readline.get_completion_type)
attempt(readline.get_begidx)
attempt(readline.get_endidx)
