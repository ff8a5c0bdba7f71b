# [tool.pyapp] native = ["ruamel-yaml-clib"]
# [requirements] ruamel-yaml==0.18.16
import io

import _ruamel_yaml
import ruamel.yaml

yaml = ruamel.yaml.YAML(typ="safe")
value = yaml.load("a: [1, 2.5, ~]\nb: {c: 'é'}\n")
out = io.StringIO()
yaml.dump(value, out)
print(value, out.getvalue(), _ruamel_yaml.get_version_string())
