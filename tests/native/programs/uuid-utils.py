# [tool.pyapp] native = ["uuid-utils"]
import uuid_utils as uuids

print(uuids.uuid5(uuids.NAMESPACE_DNS, "example.org"), uuids.UUID("a8098c1a-f86e-11da-bd1a-00112444be1e").version)
made = [uuids.uuid4(), uuids.uuid4(), uuids.uuid7()]
print([each.version for each in made], len(set(made)), uuids.__file__.endswith("__init__.py"))
