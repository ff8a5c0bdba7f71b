/* Shared libraries: none can be loaded, and the program's own functions cannot be looked up. */
#include <dlfcn.h>
#include <stddef.h>

static const char *failure;

static void *fail(void)
{
    failure = "the sandbox loads no machine code of the host; use a module in Python, or one that is built into the interpreter";
    return NULL;
}

void *dlopen(const char *path, int mode)
{
    (void)path, (void)mode;
    return fail();
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library, (void)name;
    return fail();
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
