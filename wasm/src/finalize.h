/* The end of a resumed run. Included by pyapp.c. */
#ifndef PYAPP_FINALIZE_H
#define PYAPP_FINALIZE_H

#include <Python.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_moduleobject.h>
#include <internal/pycore_pylifecycle.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>

/* Calls a function of Python's own without arguments; an exception is only reported. */
static void call_and_report(PyObject *object, const char *method)
{
    PyObject *result = object == NULL ? NULL : PyObject_CallMethod(object, method, NULL);
    if (result == NULL && PyErr_Occurred()) {
        PyErr_WriteUnraisable(object);
    }
    Py_XDECREF(result);
}

static int flush_stream(const char *name)
{
    PyObject *stream = PySys_GetObject(name);
    if (stream == NULL || stream == Py_None) {
        return 0;
    }
    PyObject *closed = PyObject_GetAttrString(stream, "closed");
    int is_closed = closed != NULL && PyObject_IsTrue(closed) == 1;
    Py_XDECREF(closed);
    PyErr_Clear();
    PyObject *done = is_closed ? Py_NewRef(Py_None) : PyObject_CallMethod(stream, "flush", NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* Flushes sys.stdout and sys.stderr as Py_FinalizeEx does: of a failure on stderr nobody can be told. */
static int flush_streams(void)
{
    int result = flush_stream("stdout");
    if (result < 0) {
        PyErr_FormatUnraisable("Exception ignored on flushing sys.stdout");
    }
    if (flush_stream("stderr") < 0) {
        PyErr_Clear();
        result = -1;
    }
    return result;
}

/* In which round an object's finaliser is called: a text stream lies above a buffer, that above a file, and what is still
 * in the upper one must reach the lower one before that is closed. */
static int finalizer_round(PyObject *object, PyObject *io)
{
    static const char *const kinds[] = {"_TextIOBase", "_BufferedIOBase", "_RawIOBase"};
    for (int i = 0; i < 3; i++) {
        PyObject *kind = PyObject_GetAttrString(io, kinds[i]);
        int is_one = kind != NULL && PyObject_TypeCheck(object, (PyTypeObject *)kind);
        Py_XDECREF(kind);
        if (is_one) {
            return i + 1;
        }
    }
    return 0;
}

/* The types of functions that can stop half-way. */
#define SUSPENDABLE &PyGen_Type, &PyCoro_Type, &PyAsyncGen_Type

/* Whether an object's finaliser runs code of the program's in the middle of a function. */
static int is_suspended(PyObject *object)
{
    PyTypeObject *const types[] = {SUSPENDABLE};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (Py_IS_TYPE(object, types[i])) {
            return 1;
        }
    }
    return 0;
}

/* Ends the functions that an import has suspended. Before anything else is finalised: what they hold may be the run's, and the rest of
 * such a function still uses it. None of them is on the stack of a thread that is left, but those that run. */
static void end_suspended(PyObject *support)
{
    PyObject *objects = PyObject_CallMethod(support, "suspended", NULL);
    if (objects == NULL) {
        PyErr_WriteUnraisable(NULL);
    }
    for (Py_ssize_t i = 0; objects != NULL && i < PyList_GET_SIZE(objects); i++) {
        PyObject *object = PyList_GET_ITEM(objects, i);
        if (((PyGenObject *)object)->gi_frame_state != FRAME_EXECUTING) {
            PyObject_CallFinalizer(object);
        }
    }
    Py_XDECREF(objects);
}

/* Calls the finalisers that are still due, of objects made in this run. While threads are left, which are daemons, some functions may
 * be theirs, and as natively nobody ends these. */
static void call_finalizers(void)
{
    PyThreadState *first = PyInterpreterState_ThreadHead(_PyThreadState_GET()->interp);
    int has_others = first != NULL && PyThreadState_Next(first) != NULL;
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *io = gc == NULL ? NULL : PyImport_ImportModule("_io");
    /* The objects of the snapshot are frozen, and not among them. */
    PyObject *objects = io == NULL ? NULL : PyObject_CallMethod(gc, "get_objects", NULL);
    if (objects == NULL) {
        PyErr_WriteUnraisable(NULL);
    }
    for (int round = 0; objects != NULL && round < 4; round++) {
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++) {
            PyObject *object = PyList_GET_ITEM(objects, i);
            int is_left = has_others && is_suspended(object);
            if (!is_left && Py_TYPE(object)->tp_finalize != NULL && finalizer_round(object, io) == round) {
                PyObject_CallFinalizer(object);
            }
        }
    }
    Py_XDECREF(objects);
    Py_XDECREF(io);
    Py_XDECREF(gc);
}

/* What Py_FinalizeEx does for a resumed run, as far as a program can tell, without taking apart the thousands of objects of the snapshot,
 * which is most of a short run's time. `support` is the module _pyapp, whose
 * freeze() has made sure that this is all that their finalisers need. -1 if output could not be flushed. */
static int finalize_run(PyObject *support)
{
    PyThreadState *thread = _PyThreadState_GET();
    thread->interp->finalizing = 1;
    PyObject *threading = PyImport_GetModule(PyUnicode_InternFromString("threading"));
    if (threading != NULL) {
        call_and_report(threading, "_shutdown");
    }
    _PyAtExit_Call(thread->interp);
    _PyInterpreterState_SetFinalizing(thread->interp, thread);
    _PyRuntimeState_SetFinalizing(&_PyRuntime, thread);
    int result = flush_streams();
    PyGC_Collect();
    /* The program may have put others in their place, which are done with now. */
    call_and_report(support, "restore_streams");
    /* The modules of this run go, and what only they hold; those that stay lose their names. */
    PyObject *released = PyObject_CallMethod(support, "release_modules", NULL);
    PyGC_Collect();
    for (Py_ssize_t i = 0; released != NULL && i < PyList_GET_SIZE(released); i++) {
        PyObject *module = NULL;
        if (PyWeakref_GetRef(PyList_GET_ITEM(released, i), &module) == 1) {
            _PyModule_Clear(module);
            Py_DECREF(module);
        }
    }
    Py_XDECREF(released);
    PyErr_Clear();
    PyGC_Collect();
    end_suspended(support);
    call_finalizers();
    call_and_report(support, "flush_snapshot");
    return result;
}

#endif
