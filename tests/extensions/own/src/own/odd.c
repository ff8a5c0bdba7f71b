/* Functions that do not have the type by which Python calls them, as packages have them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *nothing(PyObject *self) { return PyUnicode_FromString("nothing"); }
static PyObject *none_taken(void) { return PyUnicode_FromString("none taken"); }
static PyObject *one(PyObject *self, PyObject *argument) { return Py_NewRef(argument); }
static PyObject *keywords(PyObject *self, PyObject *arguments) { return PyLong_FromSsize_t(PyTuple_Size(arguments)); }

typedef struct { PyObject_HEAD long value; } Thing;
static PyObject *get_value(Thing *self) { return PyLong_FromLong(self->value); }
static int set_value(Thing *self, PyObject *value)
{
    self->value = PyLong_AsLong(value);
    return self->value == -1 && PyErr_Occurred() ? -1 : 0;
}
static PyObject *doubled(Thing *self) { return PyLong_FromLong(2 * self->value); }

static PyGetSetDef thing_values[] = {{"value", (getter)get_value, (setter)set_value, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyMethodDef thing_methods[] = {{"doubled", (PyCFunction)(void *)doubled, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyTypeObject thing_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "own.odd.Thing", .tp_basicsize = sizeof(Thing), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew, .tp_getset = thing_values, .tp_methods = thing_methods,
};

/* Gives nothing back, where Python expects a number. */
static void bad_hash(PyObject *self) {}
static PyTypeObject bad = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "own.odd.Bad", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_hash = (hashfunc)(void *)bad_hash,
};
static PyObject *bad_type(PyObject *self, PyObject *unused)
{
    return PyType_Ready(&bad) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef methods[] = {
    {"nothing", (PyCFunction)(void *)nothing, METH_NOARGS, NULL}, {"none_taken", (PyCFunction)(void *)none_taken, METH_NOARGS, NULL},
    {"one", one, METH_O, NULL}, {"keywords", (PyCFunction)(void *)keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"bad_type", bad_type, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "own.odd", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_odd(void)
{
    PyObject *made = PyModule_Create(&module);
    if (made == NULL || PyType_Ready(&thing_type) < 0 || PyModule_AddObjectRef(made, "Thing", (PyObject *)&thing_type) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    return made;
}
