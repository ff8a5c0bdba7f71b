#!/usr/bin/env python3
"""Checks of the lock files and of what they pin: where crates come from, their licences, versions that are pinned exactly, and that
each fits its manifest."""
import json
import pathlib
import re
import shlex
import subprocess
import sys

# Licences under which a crate may be part of pyapp; THIRD-PARTY.md says what they ask for.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC",
    "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}
# The wasmtime family moves together: one version, pinned with `=`.
FAMILY = re.compile(r"^(wasmtime|wasmtime-wasi|wiggle)$")


def allowed(expression):
    """Whether an SPDX expression can be met: an OR needs one side, an AND both."""
    expression = expression.replace("/", " OR ")
    while "(" in expression:
        inner = re.search(r"\(([^()]*)\)", expression)
        verdict = "MIT" if allowed(inner.group(1)) else "refused"
        expression = expression[:inner.start()] + verdict + expression[inner.end():]
    return any(all(part.strip() in ALLOWED for part in side.split(" AND ")) for side in expression.split(" OR "))


# Workspaces of their own.
OTHERS = ["fuzz", "wasm/cranelift", "wasm/profile", "wasm/sources"]


def lock_problems(packages):
    """The other workspaces whose lock does not fit; nothing else says so of all of them, and cargo fuzz would mend its own in silence."""
    # The build patches this crate for wasm/cranelift; that of the workspace will do here.
    [name] = (folder.name for folder in pathlib.Path("wasm/cranelift/patches").iterdir())
    [patched] = {pathlib.Path(package["manifest_path"]).parent for package in packages if package["name"] == name}
    for folder in OTHERS:
        command = ["cargo", "metadata", "--format-version=1", f"--manifest-path={folder}/Cargo.toml"]
        if folder == "wasm/cranelift":
            command += ["--config", f"patch.crates-io.{name}.path='{patched}'"]
        done = subprocess.run([*command, "--locked"], capture_output=True, text=True)
        if done.returncode:
            found = " ".join(done.stderr.split())
            yield f"{folder}/Cargo.lock: expected it to fit the manifest, found: {found}; run {shlex.join(command)}"


def main():
    command = ["cargo", "metadata", "--format-version=1", "--locked"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    problems = list(lock_problems(metadata["packages"]))
    for package in metadata["packages"]:
        name = f"{package['name']} {package['version']}"
        if package["source"] is None:
            for dependency in package["dependencies"]:
                if FAMILY.match(dependency["name"]) and not dependency["req"].startswith("="):
                    problems.append(f"{name}: expected {dependency['name']} pinned with =, found {dependency['req']}")
            continue
        if not package["source"].startswith("registry+"):
            problems.append(f"{name}: expected a crate of the registry, found {package['source']}")
        if not package["license"] or not allowed(package["license"]):
            problems.append(f"{name}: expected a licence that is allowed here, found {package['license']}")
    print(f"{len(metadata['packages'])} packages, {len(problems)} problems")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
