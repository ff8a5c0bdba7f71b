/* The app's entry: "pkg.mod", which runs as `python -m pkg.mod` would, or "pkg.mod:function", as a console script would. Included by
 * pyapp.c. */
#ifndef PYAPP_ENTRY_H
#define PYAPP_ENTRY_H

#include <Python.h>
#include <internal/pycore_pylifecycle.h>
#include <signal.h>
#include <string.h>

#include "abi.h"
#include "reached.h"

/* Runs `module` as __main__ with sys.argv left alone: argv[0] stays the executable's name. */
static PyObject *run_module(const char *module)
{
    PyObject *runpy = PyImport_ImportModule("runpy");
    if (runpy == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallMethod(runpy, "_run_module_as_main", "sO", module, Py_False);
    Py_DECREF(runpy);
    return result;
}

/* Raises SystemExit(result), which is what a console script does with what its function returned. */
static PyObject *exit_with(PyObject *result)
{
    if (result != NULL) {
        PyErr_SetObject(PyExc_SystemExit, result);
        Py_DECREF(result);
    }
    return NULL;
}

/* The object that "pkg.mod" and "function" name; a dotted name is a path of attributes: "pkg.mod:Class.method". */
static PyObject *find_function(const char *module, const char *function)
{
    PyObject *object = PyImport_ImportModule(module);
    char *path = object == NULL ? NULL : strdup(function);
    if (path == NULL) {
        Py_XDECREF(object);
        return object == NULL ? NULL : PyErr_NoMemory();
    }
    for (char *name = strtok(path, "."); name != NULL && object != NULL; name = strtok(NULL, ".")) {
        PyObject *next = PyObject_GetAttrString(object, name);
        Py_DECREF(object);
        object = next;
    }
    free(path);
    return object;
}

/* What calls a function, in a frame `<module>`. Kept in a snapshot: a run that resumes has no other use for the compiler. */
static PyObject *entry_code;

/* 0, or -1 with an error set. */
static int compile_entry(void)
{
    if (entry_code == NULL) {
        entry_code = Py_CompileString("entry()", "<entry>", Py_eval_input);
    }
    return entry_code == NULL ? -1 : 0;
}

/* Takes its entry off the traceback of the error that is set. */
static void drop_entry(void)
{
    PyObject *error = PyErr_GetRaisedException();
    PyTracebackObject *traceback = (PyTracebackObject *)PyException_GetTraceback(error);
    PyCodeObject *outermost = traceback == NULL ? NULL : PyFrame_GetCode(traceback->tb_frame);
    if ((PyObject *)outermost == entry_code) {
        PyObject *inner = (PyObject *)traceback->tb_next;
        PyException_SetTraceback(error, inner == NULL ? Py_None : inner);
    }
    Py_XDECREF(outermost);
    Py_XDECREF(traceback);
    PyErr_SetRaisedException(error);
}

/* Calls it from a frame `<module>` of __main__: a console script has one at the bottom of its stack, and libraries look for it there.
 * A traceback does not show it, as there is no line of anybody's to be shown. */
static PyObject *call_from_main(PyObject *function)
{
    PyObject *main = compile_entry() < 0 ? NULL : PyImport_AddModuleRef("__main__");
    PyObject *result = NULL;
    if (main != NULL && PyModule_AddObjectRef(main, "entry", function) == 0) {
        result = PyEval_EvalCode(entry_code, PyModule_GetDict(main), PyModule_GetDict(main));
        if (result == NULL) {
            drop_entry();
        }
    }
    Py_XDECREF(main);
    return result;
}

static PyObject *run_function(const char *module, const char *function)
{
    PyObject *object = find_function(module, function);
    PyObject *result = object == NULL ? NULL : call_from_main(object);
    Py_XDECREF(object);
    return exit_with(result);
}

/* Tells the host of the path of the error that is set, if it is one of a path: what the app was not granted it may say. */
static void tell_uncaught(void)
{
    PyObject *error = PyErr_GetRaisedException();
    PyObject *number = NULL, *path = NULL, *bytes = NULL;
    if (error != NULL && PyErr_GivenExceptionMatches(error, PyExc_OSError)) {
        number = PyObject_GetAttrString(error, "errno");
        path = PyObject_GetAttrString(error, "filename");
    }
    if (number != NULL && PyLong_Check(number) && path != NULL && (PyUnicode_Check(path) || PyBytes_Check(path)) && PyUnicode_FSConverter(path, &bytes)) {
        pyapp_tell_uncaught(PyLong_AsInt(number), PyBytes_AS_STRING(bytes));
    }
    Py_XDECREF(bytes);
    Py_XDECREF(number);
    Py_XDECREF(path);
    PyErr_Clear();
    PyErr_SetRaisedException(error);
}

/* Whether an interrupt that nobody caught has ended the entry. */
static int is_interrupted;

/* Runs "pkg.mod" or "pkg.mod:function"; the exit status so far. */
static int run_entry(const char *entry)
{
    const char *colon = strchr(entry, ':');
    PyObject *result;
    if (colon == NULL) {
        result = run_module(entry);
    } else {
        char *module = strndup(entry, colon - entry);
        result = module == NULL ? PyErr_NoMemory() : run_function(module, colon + 1);
        free(module);
    }
    int status = 0;
    if (result == NULL && !_Py_HandleSystemExit(&status)) {
        /* As python3 sees it: a class of its own is an error like others. */
        is_interrupted = PyErr_Occurred() == PyExc_KeyboardInterrupt;
        status = 1;
        tell_uncaught();
        PyErr_Print();
    }
    Py_XDECREF(result);
    return status;
}

#endif
