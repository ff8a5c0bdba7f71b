/* What C has that a loader must get right: data, addresses in data, constructors, variables of threads, wide arithmetic, flags,
 * characters. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>

static int constructed_times;
__attribute__((constructor)) static void construct(void) { constructed_times++; }

/* Addresses in data: they are known when it is loaded. */
static int first(void) { return 1; }
static int second(void) { return 2; }
static const struct { const char *name; int (*function)(void); } table[] = {{"first", first}, {"second", second}};
static char zeros[1 << 16];
static int counter = 40;
static _Thread_local int own_counter = 100;

static PyObject *constructed(PyObject *self, PyObject *unused) { return PyLong_FromLong(constructed_times); }
static PyObject *count(PyObject *self, PyObject *unused) { return PyLong_FromLong(++counter); }
static PyObject *own(PyObject *self, PyObject *unused) { return PyLong_FromLong(++own_counter); }
static PyObject *place(PyObject *self, PyObject *unused) { return PyLong_FromVoidPtr(&zeros[100]); }

static PyObject *names(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (size_t number = 0; list != NULL && number < sizeof(table) / sizeof(*table); number++) {
        PyObject *pair = Py_BuildValue("si", table[number].name, table[number].function());
        if (pair == NULL || PyList_Append(list, pair) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *total(PyObject *self, PyObject *items)
{
    PyObject *iterator = PyObject_GetIter(items), *item;
    double sum = 0;
    if (iterator == NULL) {
        return NULL;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        sum += PyFloat_AsDouble(item);
        Py_DECREF(item);
        if (PyErr_Occurred()) {
            break;
        }
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(sum);
}

/* What the compiler calls helpers for, and what the C library has: 128 bits, long double, complex, libm, printf. */
static PyObject *arithmetic(PyObject *self, PyObject *argument)
{
    long number = PyLong_AsLong(argument);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    unsigned __int128 wide = (unsigned __int128)number * 1000000000000000000ULL * 1000;
    long double longer = (long double)number / 3;
    char text[128];
    snprintf(text, sizeof(text), "%llu %.15Lf %.6f %.3e", (unsigned long long)(wide / 1000000000000ULL), longer, tgamma(number), exp2(number));
    return PyUnicode_FromString(text);
}

static PyObject *flags(PyObject *self, PyObject *unused)
{
    enum { INVALID = 1, OVERFLOW = 8 };
    feclearexcept(INVALID | OVERFLOW);
    int before = fetestexcept(INVALID | OVERFLOW);
    feraiseexcept(INVALID);
    return Py_BuildValue("iii", before, fetestexcept(INVALID | OVERFLOW), fegetround());
}

/* What the C library takes bytes for, there and back. */
static PyObject *characters(PyObject *self, PyObject *unused)
{
    wchar_t wide[8];
    char back[32];
    size_t count = mbstowcs(wide, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 8), length = wcstombs(back, wide, sizeof back);
    if (count == (size_t)-1 || length == (size_t)-1) {
        return PyUnicode_FromFormat("%zd %zd", (Py_ssize_t)count, (Py_ssize_t)length);
    }
    return Py_BuildValue("(Ny#)", PyUnicode_FromWideChar(wide, (Py_ssize_t)count), back, (Py_ssize_t)length);
}

static PyMethodDef methods[] = {
    {"constructed", constructed, METH_NOARGS, NULL}, {"count", count, METH_NOARGS, NULL}, {"own", own, METH_NOARGS, NULL},
    {"place", place, METH_NOARGS, NULL}, {"names", names, METH_NOARGS, NULL}, {"total", total, METH_O, NULL},
    {"arithmetic", arithmetic, METH_O, NULL}, {"flags", flags, METH_NOARGS, NULL},
    {"characters", characters, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "own.plain", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_plain(void) { return PyModule_Create(&module); }
