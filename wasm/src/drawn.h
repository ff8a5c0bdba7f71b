/* Random bytes as extensions draw them: extension/random.c calls this, and what calls WASI itself, as Rust does, is linked to it.
 * Included by pyapp.c.
 *
 * What an extension draws while a snapshot is made, each run that resumes would have again. So the audit of snapshots hears of it
 * by an event of Python's (crates/pipeline/src/snapshot/findings.py). */
#ifndef PYAPP_DRAWN_H
#define PYAPP_DRAWN_H

#include <Python.h>
#include <wasi/api.h>

/* Rust's hash maps draw so many bytes, once: what comes out of them depends on these no more than on chance. */
#define HASH_KEYS 16

/* As WASI's random_get: 0, or a number of WASI's for the error. */
int pyapp_random_get(void *bytes, size_t size)
{
    /* Code that has let go of the interpreter cannot be told of. */
    if (size > HASH_KEYS && PyGILState_Check() && PySys_Audit("pyapp.random", "n", (Py_ssize_t)size) < 0) {
        PyErr_Clear();
    }
    return __wasi_random_get(bytes, size);
}

#endif
