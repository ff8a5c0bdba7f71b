/* The entry of python.wasm: stands where Programs/python.c stands in a stock CPython.
 *
 * A run begins in one of two ways.
 *
 * Cold, at _start, as any command does. The host (crates/host) says through an environment variable, which is taken
 * out again before Python could see it, what is to run:
 *
 *   PYAPP_ENTRY=pkg.mod            run the module as __main__, as `python -m pkg.mod` would
 *   PYAPP_ENTRY=pkg.mod:function   import the module, call the function, pass its result to sys.exit()
 *   (not set)                      be python3: options, PYTHON* variables and the prompt keep their meaning, but
 *                                  for PYTHONHOME: the standard library is where the archive has it
 *
 * Resumed, from a snapshot: the memory in which pyapp_init has already run. The functions that the host calls, in this order:
 *
 *   pyapp_init     at build time, instead of _start: initialises CPython for the entry in argv[1] and imports the
 *                  modules in argv[2...]; the memory that it leaves is the snapshot
 *   pyapp_resume   first thing in a resumed run: takes on what belongs to this run
 *   pyapp_run      runs the entry; its result is the exit status so far
 *   pyapp_exit     finalises and exits with that status, or with 120 if output could not be flushed
 *
 * An app is isolated from its user's Python settings: PYTHON* variables are ignored and every argument is the app's. Its
 * level of optimisation is the project's: _start and pyapp_init take it from another variable of the host's.
 *
 * Names and numbers that the host knows too are in abi.h, which the recipe makes of crates/host/src/abi.rs. */
#include <Python.h>
#include <internal/pycore_ceval.h>
#include <internal/pycore_emscripten_trampoline.h>
#include <internal/pycore_pylifecycle.h>
#include <internal/pycore_pystate.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc.h>
#include <wasi/libc-environ.h>

#include "abi.h"
#include "drawn.h"
#include "entry.h"
#include "extension_types.h"
#include "finalize.h"
#include "immortal.h"
#include "line_editor.h"
#include "reached.h"

_Static_assert(_PY_HOST_ATTENTION_BIT == PYAPP_ATTENTION_BIT, "patches/cpython/attention.patch");

/* Before the interpreter begins, or goes on from a snapshot. */
static void attach(void)
{
    pyapp_attach(&_Py_tss_tstate, offsetof(PyThreadState, eval_breaker));
}

/* Takes a variable of the host's out of the environment. NULL if it is not set; the value lives as long as the process. */
static char *take_variable(const char *name)
{
    const char *value = getenv(name);
    char *copy = value == NULL ? NULL : strdup(value);
    unsetenv(name);
    return copy;
}

/* Settings that hold for an app and for python3. The archive is read-only, so writing bytecode could only fail. */
static PyStatus common_config(PyConfig *config)
{
    PyStatus status = PyConfig_SetString(config, &config->home, L"" PYAPP_PREFIX);
    if (PyStatus_Exception(status)) {
        return status;
    }
    config->write_bytecode = 0;
    PyOS_ReadlineFunctionPointer = read_line;
    return PyConfig_SetString(config, &config->executable, L"" PYAPP_EXECUTABLE);
}

static PyStatus initialize(int argc, char **argv, int as_app)
{
    PyPreConfig preconfig;
    PyConfig config;
    PyStatus status;

    if (PyImport_AppendInittab(LIMITS_MODULE, make_limits_module) != 0) {
        return PyStatus_NoMemory();
    }
    if (as_app) {
        PyPreConfig_InitIsolatedConfig(&preconfig);
        preconfig.utf8_mode = 1;
        /* As `python3 -I` does: the kinds of characters are those of the user's locale. */
        preconfig.configure_locale = 1;
        status = Py_PreInitialize(&preconfig);
        if (PyStatus_Exception(status)) {
            return status;
        }
        PyConfig_InitIsolatedConfig(&config);
        const char *level = take_variable(PYAPP_OPTIMIZE_VARIABLE);
        config.optimization_level = level == NULL ? 0 : atoi(level);
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

/* What shows the prompt on a terminal. */
#define PROMPT PYAPP_PREFIX "/lib/python" Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION) "/_pyrepl/__main__.pyc"

/* python3's own status for output that could not be flushed is 120. */
#define FLUSH_FAILED 120

/* The status of a run that has been finalised. One that an interrupt has ended which nobody caught ends by that, as python3 does
 * (exit_sigint in Modules/main.c): unless the signal is blocked, this does not return. */
static int last_status(int status, int flush_failed)
{
    if (is_interrupted) {
        (void)signal(SIGINT, SIG_DFL);
        (void)raise(SIGINT);
        return PYAPP_ENDED_BY_SIGNAL + SIGINT;
    }
    return flush_failed ? FLUSH_FAILED : status;
}

int main(int argc, char **argv)
{
    attach();
    pyapp_begin();
    pyapp_begin_signals();
    char *entry = take_variable(PYAPP_ENTRY_VARIABLE);
    if (entry == NULL && isatty(STDIN_FILENO) && access(PROMPT, F_OK) != 0) {
        /* stdlib = "used" has left it out; the basic one is always there. */
        setenv("PYTHON_BASIC_REPL", "1", 0);
    }

    PyStatus status = initialize(argc, argv, entry != NULL);
    if (PyStatus_IsExit(status)) {
        return status.exitcode;
    }
    if (PyStatus_Exception(status)) {
        /* What it lacked may have been memory. */
        pyapp_tell_errno(ENOMEM);
        Py_ExitStatusException(status);
    }
    if (entry == NULL) {
        return Py_RunMain();
    }
    int code = run_entry(entry);
    return last_status(code, Py_FinalizeEx() < 0);
}

/* ---- The snapshot: pyapp_init at build time, the others in the runs that are resumed from it. ---- */

#define EXPORTED_AS(name) __attribute__((export_name(name)))

/* The module wasm/src/_pyapp.py, and what the snapshot was made for. */
static PyObject *support;
static char *snapshot_entry;

/* Ends a run that has not begun, with what Python has to say about it. */
static _Noreturn void give_up(void)
{
    PyErr_Print();
    exit(PYAPP_CANNOT_START);
}

/* The arguments of this run, as main() would get them. They live as long as the process. */
static char **read_arguments(int *argc)
{
    __wasi_size_t count, size;
    if (__wasi_args_sizes_get(&count, &size) != 0) {
        exit(PYAPP_CANNOT_START);
    }
    char **argv = calloc(count + 1, sizeof(*argv));
    char *text = malloc(size + 1);
    if (argv == NULL || text == NULL || __wasi_args_get((uint8_t **)argv, (uint8_t *)text) != 0) {
        exit(PYAPP_CANNOT_START);
    }
    *argc = (int)count;
    return argv;
}

static PyObject *list_of(char **texts, int count, PyObject *(*convert)(const char *))
{
    PyObject *list = PyList_New(count);
    for (int i = 0; list != NULL && i < count; i++) {
        PyObject *item = convert(texts[i]);
        if (item == NULL) {
            Py_CLEAR(list);
        } else {
            PyList_SET_ITEM(list, i, item);
        }
    }
    return list;
}

EXPORTED_AS(PYAPP_EXPORT_INIT) void pyapp_init(void)
{
    extern void __wasm_call_ctors(void);
    __wasm_call_ctors();
    attach();
    int argc;
    char **argv = read_arguments(&argc);
    if (argc < 2) {
        exit(PYAPP_CANNOT_START);
    }
    snapshot_entry = argv[1];
    PyStatus status = initialize(1, argv, 1);
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }
    /* Before the imports, which then use the memory that the compiler has used. */
    if (compile_entry() < 0) {
        give_up();
    }
    PyObject *modules = list_of(argv + 2, argc - 2, PyUnicode_DecodeFSDefault);
    support = modules == NULL ? NULL : PyImport_ImportModule("_pyapp");
    PyObject *done = support == NULL ? NULL : PyObject_CallMethod(support, "prepare", "sO", snapshot_entry, modules);
    Py_XDECREF(modules);
    PyObject *objects = done == NULL ? NULL : PyObject_CallMethod(support, "freeze", "((OOO))", SUSPENDABLE);
    Py_XDECREF(done);
    if (objects == NULL) {
        give_up();
    }
    if (objects != Py_None) {
        make_all_immortal(objects);
    }
    Py_DECREF(objects);
    fflush(NULL);
}

EXPORTED_AS(PYAPP_EXPORT_RESUME) void pyapp_resume(void)
{
    attach();
    pyapp_begin_generation();
    pyapp_load_again();
    /* The C library has the build's preopens and environment; it reads this run's when they are next asked for. */
    __wasilibc_reset_preopens();
    __wasilibc_deinitialize_environ();
    __wasilibc_initialize_environ();
    pyapp_begin();
    int argc, variables = 0;
    char **argv = read_arguments(&argc);
    char **environment = __wasilibc_get_environ();
    while (environment != NULL && environment[variables] != NULL) {
        variables++;
    }
    PyObject *arguments = list_of(argv, argc, PyUnicode_DecodeFSDefault);
    PyObject *variable_list = arguments == NULL ? NULL : list_of(environment, variables, PyBytes_FromString);
    PyObject *done =
        variable_list == NULL ? NULL : PyObject_CallMethod(support, "resume", "OO", arguments, variable_list);
    Py_XDECREF(arguments);
    Py_XDECREF(variable_list);
    if (done == NULL) {
        give_up();
    }
    Py_DECREF(done);
    uint64_t ignored = pyapp_begin_signals();
    if (ignored != 0) {
        done = PyObject_CallMethod(support, "ignore", "K", (unsigned long long)ignored);
        if (done == NULL) {
            give_up();
        }
        Py_DECREF(done);
    }
    /* The zone is that of this run, when it is first needed. */
    tzset();
}

EXPORTED_AS(PYAPP_EXPORT_RUN) int pyapp_run(void)
{
    return run_entry(snapshot_entry);
}

EXPORTED_AS(PYAPP_EXPORT_EXIT) void pyapp_exit(int status)
{
    PyObject *light = PyObject_GetAttrString(support, "finalizes_lightly");
    if (light != Py_True) {
        /* What is frozen would not be taken apart. */
        call_and_report(support, "thaw");
    }
    int failed = light == Py_True ? finalize_run(support) : Py_FinalizeEx();
    exit(last_status(status, failed < 0));
}
