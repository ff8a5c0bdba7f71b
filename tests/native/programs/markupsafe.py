# [tool.pyapp] native = ["markupsafe"]
import markupsafe
from markupsafe import _speedups

print(markupsafe.escape("<a href='x'> & \"é\" \U0001f600>"), _speedups._escape_inner("<&>"))
print(markupsafe.Markup("<b>%s</b>") % "<i>", markupsafe.Markup("&lt;&#233;").unescape())
