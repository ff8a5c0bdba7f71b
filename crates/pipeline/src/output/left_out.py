"""Says what to do when a program imports a module that the build has left out of the standard library."""
import sys


class _Teller:
    """Asked for every module that the interpreter's own finders have not found."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        # Who only looks whether there is such a module gets the answer that there is none.
        caller = sys._getframe(1).f_back
        if caller is None or caller.f_code.co_name != "_find_and_load_unlocked":
            return None
        # A program's own finders stand behind this one.
        for finder in sys.meta_path[sys.meta_path.index(_Teller) + 1 :]:
            find = getattr(finder, "find_spec", None)
            spec = find and find(name, path, target)
            if spec is not None:
                return spec
        with open("LEFT_OUT", encoding="utf-8") as file:
            if name not in file.read().split():
                return None
        raise ModuleNotFoundError(
            f"No module named {name!r}: the build left it out of the standard library, as nothing seemed to import it; set "
            f"[tool.pyapp] stdlib-include = [{name!r}]",
            name=name,
        )


sys.meta_path.append(_Teller)
