raise ImportError("TLS is not in this interpreter, and the sandbox has no network; pass the data in on stdin or as a file", name=__name__)
