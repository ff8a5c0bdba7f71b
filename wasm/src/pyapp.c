/* The entry of python.wasm: stands where Programs/python.c stands in a stock CPython.
 *
 * The host (crates/guest) says which of two lives this run has through one environment variable, which is taken out
 * again before Python could see it:
 *
 *   PYAPP_ENTRY=pkg.mod            run the module as __main__, as `python -m pkg.mod` would
 *   PYAPP_ENTRY=pkg.mod:function   import the module, call the function, pass its result to sys.exit()
 *   (not set)                      be python3: options, PYTHON* variables and the prompt keep their meaning, but
 *                                  for PYTHONHOME: the standard library is where the archive has it
 *
 * An app is isolated from its user's Python settings: PYTHON* variables are ignored and every argument is the app's. */
#include <Python.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_VARIABLE "PYAPP_ENTRY"
/* Where the archive keeps Python's prefix; crates/bundle lays it out so. */
#define PREFIX L"/vfs/usr/local"

/* Settings that hold in both lives. The in-memory base is read-only, so writing bytecode could only fail. */
static PyStatus common_config(PyConfig *config)
{
    PyStatus status = PyConfig_SetString(config, &config->home, PREFIX);
    if (PyStatus_Exception(status)) {
        return status;
    }
    config->write_bytecode = 0;
    return PyConfig_SetString(config, &config->executable, PREFIX L"/bin/python3.13");
}

static PyStatus initialize(int argc, char **argv, int as_app)
{
    PyPreConfig preconfig;
    PyConfig config;
    PyStatus status;

    if (as_app) {
        PyPreConfig_InitIsolatedConfig(&preconfig);
        preconfig.utf8_mode = 1;
        status = Py_PreInitialize(&preconfig);
        if (PyStatus_Exception(status)) {
            return status;
        }
        PyConfig_InitIsolatedConfig(&config);
        config.parse_argv = 0;
        config.install_signal_handlers = 1;
        /* Tracebacks of a crash belong on stderr as python3 shows them. */
        config.buffered_stdio = 1;
    } else {
        PyConfig_InitPythonConfig(&config);
    }
    status = PyConfig_SetBytesArgv(&config, argc, argv);
    if (!PyStatus_Exception(status)) {
        status = common_config(&config);
    }
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    return status;
}

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

static PyObject *run_function(const char *module, const char *function)
{
    PyObject *object = PyImport_ImportModule(module);
    if (object == NULL) {
        return NULL;
    }
    /* A dotted name is a path of attributes: "pkg.mod:Class.method". */
    char *path = strdup(function);
    if (path == NULL) {
        Py_DECREF(object);
        return PyErr_NoMemory();
    }
    for (char *name = strtok(path, "."); name != NULL && object != NULL; name = strtok(NULL, ".")) {
        PyObject *next = PyObject_GetAttrString(object, name);
        Py_DECREF(object);
        object = next;
    }
    free(path);
    if (object == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(object);
    Py_DECREF(object);
    return exit_with(result);
}

static int run_app(char *entry)
{
    char *colon = strchr(entry, ':');
    PyObject *result;
    if (colon == NULL) {
        result = run_module(entry);
    } else {
        *colon = '\0';
        result = run_function(entry, colon + 1);
    }
    int status = 0;
    if (result == NULL) {
        /* As python3 ends when nobody catches it: 128 + SIGINT. */
        status = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) ? 130 : 1;
        /* Prints the traceback; for SystemExit it finalizes and exits with the status itself. */
        PyErr_Print();
    }
    Py_XDECREF(result);
    /* 120 is python3's own status for output that could not be flushed. */
    return Py_FinalizeEx() < 0 ? 120 : status;
}

int main(int argc, char **argv)
{
    const char *variable = getenv(ENTRY_VARIABLE);
    char *entry = variable == NULL ? NULL : strdup(variable);
    unsetenv(ENTRY_VARIABLE);
    if (entry == NULL && isatty(STDIN_FILENO)) {
        /* The new prompt needs termios, which WASI does not have, and says so at each start; the basic one works. */
        setenv("PYTHON_BASIC_REPL", "1", 0);
    }

    PyStatus status = initialize(argc, argv, entry != NULL);
    if (PyStatus_IsExit(status)) {
        return status.exitcode;
    }
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }
    return entry == NULL ? Py_RunMain() : run_app(entry);
}
