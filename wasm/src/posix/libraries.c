/* Shared libraries: none can be loaded. As in a program that is linked statically, dlopen(NULL) gives the program itself, in
 * which dlsym() finds no name. */
#include <dlfcn.h>
#include <stddef.h>

static char program;
static const char *failure;

static const char *const no_machine_code =
    "the sandbox loads no machine code of the host; use a module in Python, or one that is built into the interpreter";

void *dlopen(const char *path, int mode)
{
    (void)mode;
    failure = path == NULL ? NULL : no_machine_code;
    return path == NULL ? &program : NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library, (void)name;
    failure = no_machine_code;
    return NULL;
}

int dlclose(void *library)
{
    (void)library;
    return 0;
}

char *dlerror(void)
{
    const char *text = failure;
    failure = NULL;
    return (char *)text;
}
