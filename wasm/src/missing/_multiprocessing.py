raise ImportError("processes cannot be started inside the sandbox; call the function directly, or use asyncio", name=__name__)
