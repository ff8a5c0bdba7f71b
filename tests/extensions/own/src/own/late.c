/* A module that is loaded while threads run. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static int constructed_times;
__attribute__((constructor)) static void construct(void) { constructed_times++; }

static _Thread_local int calls = 10;

static PyObject *count(PyObject *self, PyObject *unused) { return Py_BuildValue("ii", constructed_times, ++calls); }

static PyMethodDef methods[] = {{"count", count, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "own.late", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_late(void) { return PyModule_Create(&module); }
