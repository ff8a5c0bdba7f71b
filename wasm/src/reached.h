/* What a program is told when its run has reached a limit of time, and what the host is told of errors that nobody catches.
 * Included by pyapp.c; patches/cpython/limits_*.patch call it. */
#ifndef PYAPP_REACHED_H
#define PYAPP_REACHED_H

#include <Python.h>
#include <errno.h>
#include <string.h>

#include "abi.h"

#define LIMITS_MODULE "pyapp_limits"

/* The class, as soon as somebody has asked for it. */
static PyObject *limit_reached;

/* A borrowed reference. Not SystemExit and not KeyboardInterrupt: programs catch these for reasons of their own, and go on. */
static PyObject *limit_class(void)
{
    if (limit_reached == NULL) {
        limit_reached = PyErr_NewExceptionWithDoc(
            LIMITS_MODULE ".LimitReached",
            "The run has reached its limit of time: args[0] is 'time' or 'cpu'.\n\n"
            "It is raised once, in the main thread. The run ends in any case, after at most a second.",
            PyExc_BaseException, NULL);
    }
    return limit_reached;
}

static int fill_module(PyObject *module)
{
    PyObject *class = limit_class();
    return class == NULL ? -1 : PyModule_AddObjectRef(module, "LimitReached", class);
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, fill_module}, {0, NULL}};
static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = LIMITS_MODULE,
    .m_doc = "What pyapp raises when a run has reached a limit of time.",
    .m_slots = module_slots,
};

static PyObject *make_limits_module(void)
{
    return PyModuleDef_Init(&module_definition);
}

/* In the main thread, where it looks for signals; always -1. */
int pyapp_raise_limit(void)
{
    const char *name = pyapp_limit & PYAPP_CPU_LIMIT ? "cpu" : "time";
    pyapp_limit = 0;
    PyObject *class = limit_class();
    if (class != NULL) {
        PyErr_SetString(class, name);
    }
    return -1;
}

/* The errno that an error stands for, if a limit may have led to it; otherwise 0. */
static int errno_of(PyObject *error)
{
    int result = 0;
    /* Without memory the interpreter loses errors at times, and says that. */
    if (PyErr_GivenExceptionMatches(error, PyExc_MemoryError) || Py_IS_TYPE(error, (PyTypeObject *)PyExc_SystemError)) {
        return ENOMEM;
    }
    if (PyErr_GivenExceptionMatches(error, PyExc_OSError)) {
        PyObject *number = PyObject_GetAttrString(error, "errno");
        result = number != NULL && PyLong_Check(number) ? PyLong_AsInt(number) : 0;
        Py_XDECREF(number);
        result = result == EAGAIN ? 0 : result;
    } else if (Py_IS_TYPE(error, (PyTypeObject *)PyExc_RuntimeError)) {
        PyObject *text = PyObject_Str(error);
        const char *start = text == NULL ? NULL : PyUnicode_AsUTF8(text);
        result = start != NULL && strncmp(start, "can't start new thread", 22) == 0 ? EAGAIN : 0;
        Py_XDECREF(text);
    }
    PyErr_Clear();
    return result;
}

/* How many of an error's causes are looked at. */
#define MOST_CAUSES 32

/* Whether something was refused that led to an error: libraries of the network wrap the PermissionError in errors of their own,
 * or have one for each address in a group. `left` is how many errors may still be looked at. */
static int comes_of_refusal(PyObject *error, int *left)
{
    PyObject *at = Py_NewRef(error);
    int found = 0;
    while (at != NULL && !found && (*left)-- > 0) {
        found = PyErr_GivenExceptionMatches(at, PyExc_PermissionError) && errno_of(at) == EACCES;
        PyObject *inner = PyErr_GivenExceptionMatches(at, PyExc_BaseExceptionGroup)
                              ? PyObject_GetAttrString(at, "exceptions") : NULL;
        for (Py_ssize_t i = 0; inner != NULL && PyTuple_Check(inner) && i < PyTuple_GET_SIZE(inner) && !found; i++) {
            found = comes_of_refusal(PyTuple_GET_ITEM(inner, i), left);
        }
        Py_XDECREF(inner);
        PyErr_Clear();
        PyObject *cause = PyExceptionInstance_Check(at) ? PyException_GetCause(at) : NULL;
        cause = cause != NULL || !PyExceptionInstance_Check(at) ? cause : PyException_GetContext(at);
        Py_SETREF(at, cause);
    }
    Py_XDECREF(at);
    return found;
}

/* Before an error that nobody has caught is printed. 1 if it is not to be: the host says all there is to say. */
int pyapp_uncaught(PyObject *error)
{
    if (limit_reached != NULL && PyErr_GivenExceptionMatches(error, limit_reached)) {
        return 1;
    }
    int told = errno_of(error), left = MOST_CAUSES;
    pyapp_tell_errno(told == 0 && comes_of_refusal(error, &left) ? EACCES : told);
    return 0;
}

#endif
