"""pluggy: hooks, their order, wrappers, first results, and mistakes."""

import pluggy

spec, impl = pluggy.HookspecMarker("me"), pluggy.HookimplMarker("me")


class Specs:
    @spec
    def add(self, x, y):
        pass

    @spec(firstresult=True)
    def first(self, x):
        pass


class One:
    @impl
    def add(self, x, y):
        return x + y

    @impl(trylast=True)
    def first(self, x):
        return "one"


class Two:
    @impl(tryfirst=True)
    def add(self, x):
        return x * 10

    @impl
    def first(self, x):
        return "two" if x else None

    @impl(wrapper=True, specname="add")
    def around(self):
        return ["around", *(yield)]


manager = pluggy.PluginManager("me")
manager.add_hookspecs(Specs)
names = [manager.register(One(), "one"), manager.register(Two(), "two")]
print(names, manager.hook.add(x=1, y=2), manager.hook.first(x=1), manager.hook.first(x=0))
manager.check_pending()
manager.unregister(name="two")
print(manager.hook.add(x=1, y=2), [name for name, _ in manager.list_name_plugin()])
try:
    manager.register(type("Bad", (), {"add": impl(lambda self, z: 0)})())
except pluggy.PluginValidationError as error:
    print(str(error).splitlines()[-1])
