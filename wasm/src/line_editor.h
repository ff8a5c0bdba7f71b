/* How a line is read on a terminal, by input() and by the basic prompt: once the program has imported readline, its stand-in
 * (missing/readline.py) lets the user edit the line. Natively Modules/readline.c does so with GNU readline. */
#ifndef PYAPP_LINE_EDITOR_H
#define PYAPP_LINE_EDITOR_H

#include <Python.h>
#include <internal/pycore_pymem.h>
#include <stdio.h>

/* Parser/myreadline.c: the thread that reads, and how it reads without an editor. */
extern PyThreadState *_PyOS_ReadlineTState;
extern char *PyOS_StdioReadline(FILE *in, FILE *out, const char *prompt);

/* As PyOS_Readline calls it: without the GIL. A line with its end, nothing at the end of the input. NULL with an exception, or
 * without one for KeyboardInterrupt: where the editor was then is nothing for a traceback. */
static char *read_line(FILE *in, FILE *out, const char *prompt)
{
    PyEval_RestoreThread(_PyOS_ReadlineTState);
    PyObject *editor = PyDict_GetItemString(PyImport_GetModuleDict(), "readline");
    PyObject *function = editor == NULL ? NULL : PyObject_GetAttrString(editor, "_read_line");
    PyObject *line = function == NULL ? NULL : PyObject_CallFunction(function, "y", prompt);
    char *copy = NULL;
    /* Another module may have that name. */
    int plain = function == NULL || line == Py_None;
    if (function == NULL || (line == NULL && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))) {
        PyErr_Clear();
    } else if (line != NULL && !plain) {
        copy = _PyMem_RawStrdup(PyBytes_AS_STRING(line));
    }
    Py_XDECREF(line);
    Py_XDECREF(function);
    PyEval_SaveThread();
    return plain ? PyOS_StdioReadline(in, out, prompt) : copy;
}

#endif
