/* Making what a snapshot holds immortal, so that using it does not write to it.
 *
 * Each use of an object counts up and down in it, which makes the kernel copy its page. CPython has a count that is never
 * written, for None and its like; here everything gets it that a program looks at and calls, but cannot tell when it
 * goes: names, constants, code, functions, classes, modules. Included by pyapp.c, at build time only. */
#ifndef PYAPP_IMMORTAL_H
#define PYAPP_IMMORTAL_H

#include <Python.h>
#include <internal/pycore_object.h>
#include <internal/pycore_unicodeobject.h>

static int is_silent(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyTypeObject *const types[] = {
        &PyUnicode_Type,    &PyBytes_Type,       &PyLong_Type,         &PyFloat_Type,       &PyComplex_Type,
        &PyTuple_Type,      &PyFrozenSet_Type,   &PyCode_Type,         &PyFunction_Type,    &PyCFunction_Type,
        &PyMethodDescr_Type, &PyWrapperDescr_Type, &PyGetSetDescr_Type, &PyMemberDescr_Type, &PyClassMethodDescr_Type,
        &PyClassMethod_Type, &PyStaticMethod_Type, &PyProperty_Type,   &PyModule_Type,
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (type == types[i]) {
            return 1;
        }
    }
    return PyType_Check(object);
}

static void make_immortal(PyObject *object)
{
    /* A run may put a __main__ of its own in place of the snapshot's. */
    if (object == NULL || _Py_IsImmortal(object) || !is_silent(object) || object == PyImport_AddModule("__main__")) {
        return;
    }
    if (PyUnicode_CheckExact(object) && PyUnicode_CHECK_INTERNED(object)) {
        /* The table of interned strings has a state of its own for this. The table holds it, so it cannot go. */
        PyObject *interned = object;
        _PyUnicode_InternImmortal(_PyInterpreterState_GET(), &interned);
        return;
    }
    _Py_SetImmortalUntracked(object);
    /* What no collector knows is reached from here: tuples of constants, the parts of code. */
    if (PyTuple_CheckExact(object)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++) {
            make_immortal(PyTuple_GET_ITEM(object, i));
        }
    } else if (PyCode_Check(object)) {
        PyCodeObject *code = (PyCodeObject *)object;
        PyObject *const parts[] = {
            code->co_consts,   code->co_names, code->co_exceptiontable, code->co_localsplusnames, code->co_localspluskinds,
            code->co_filename, code->co_name,  code->co_qualname,       code->co_linetable,
        };
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
            make_immortal(parts[i]);
        }
    }
}

static int visit_immortal(PyObject *object, void *nothing)
{
    (void)nothing;
    make_immortal(object);
    return 0;
}

/* Makes immortal what is silent among these objects, and among what they refer to. */
static void make_all_immortal(PyObject *list)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *object = PyList_GET_ITEM(list, i);
        make_immortal(object);
        traverseproc traverse = Py_TYPE(object)->tp_traverse;
        if (traverse != NULL) {
            traverse(object, visit_immortal, NULL);
        }
    }
}

#endif
