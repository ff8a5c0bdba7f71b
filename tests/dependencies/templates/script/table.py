#!/usr/bin/env -S uv run
# /// script
# requires-python = ">=3.13"
# dependencies = ["tabulate==0.9.0"]
# ///
import importlib.metadata

import tabulate

rows = [["tabulate", importlib.metadata.version("tabulate")]]
print(tabulate.tabulate(rows, headers=["name", "version"]))
