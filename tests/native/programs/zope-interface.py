# [tool.pyapp] native = ["zope-interface"]
import zope.interface
from zope.interface import _zope_interface_coptimizations as optimized


class INamed(zope.interface.Interface):
    name = zope.interface.Attribute("its name")


@zope.interface.implementer(INamed)
class Thing:
    name = "thing"


print(INamed.providedBy(Thing()), INamed.implementedBy(Thing), INamed.providedBy(5), INamed(Thing()).name)
print(zope.interface.declarations.implementedBy.__module__, optimized.InterfaceBase.__name__)
