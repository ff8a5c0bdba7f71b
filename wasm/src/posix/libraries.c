/* Shared libraries: extensions that the executable carries. The host links them (crates/host/src/extensions); the memory for their
 * data comes from here, and they are run from here. Functions of the program itself cannot be looked up. */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "calls.h"
#include "posix.h"

/* One that is loaded. They lie in the order in which they were loaded: so they are loaded again when a run is resumed. */
struct library {
    struct library *next;
    uint32_t number;
    void *memory;
    /* What each thread has a copy of, and what that is in a new thread. */
    void *own, *own_first;
    uint32_t own_size;
    /* Not if there was no room for copies. */
    int is_ready;
    char path[];
};
static struct library *first, **end = &first;

/* What the host says of one: see PYAPP_CALL_FIND. */
struct found {
    uint32_t number, size, alignment, first_slot, slots;
};

/* What the function in each of their slots takes and gives: see PYAPP_CALL_LOAD. */
static uint8_t *kinds;
static size_t kinds_len;

uint8_t pyapp_kind(void *function)
{
    size_t slot = (size_t)(uintptr_t)function - PYAPP_FIRST_EXTENSION;
    return slot < kinds_len ? kinds[slot] : PYAPP_OTHER_KIND;
}

/* Makes room for what the host says of the functions of a library. */
static uint8_t *room_for_kinds(const struct found *found)
{
    size_t before = found->first_slot - PYAPP_FIRST_EXTENSION, after = before + found->slots;
    uint8_t *more = realloc(kinds, after + 1);
    if (more == NULL) {
        return NULL;
    }
    memset(more + before, PYAPP_OTHER_KIND, found->slots + 1);
    kinds = more;
    kinds_len = after;
    return kinds + before;
}

static char failure[256];
static int has_failed;

static void *fail(const char *what, const char *path)
{
    snprintf(failure, sizeof(failure), "%s: %s", path, what);
    has_failed = 1;
    return NULL;
}

static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
    case ENOSYS:
        return "the sandbox loads no machine code of the host, only extensions that are bundled";
    case ENOMEM:
        return "there is no more memory for extensions, or no more room in the table of functions";
    default:
        return strerror(error);
    }
}

static const char too_many_own[] = "its thread-local variables are more than 64 KiB, with those of other extensions";

static int find(const char *path, struct found *found)
{
    return pyapp_call(PYAPP_CALL_FIND, pyapp_pair(path, strlen(path)), (uintptr_t)found);
}

/* With its data, if there is room for the kinds of its functions. */
static int load(const struct library *library, uint8_t *kinds)
{
    uint64_t where = library->number | (uint64_t)(uintptr_t)library->memory << 32;
    return pyapp_call(PYAPP_CALL_LOAD, where, (uintptr_t)kinds);
}

/* The function's slot in the table, which is its address in C; NULL if there is none. */
static void *look_up(const struct library *library, const char *name)
{
    uint32_t slot = 0;
    uint64_t which = library->number | (uint64_t)(uintptr_t)name << 32;
    int error = pyapp_call(PYAPP_CALL_LOOK_UP, which, strlen(name) | (uint64_t)(uintptr_t)&slot << 32);
    return error == 0 ? (void *)(uintptr_t)slot : NULL;
}

static void run(const struct library *library, const char *name)
{
    void (*function)(void) = (void (*)(void))look_up(library, name);
    if (function != NULL) {
        function();
    }
}

/* Notes which variables of a library each thread has a copy of, and what they begin with: where it was linked with such, it has a
 * function that says so. */
static int note_own(struct library *library)
{
    void *range[2] = {NULL, NULL};
    void (*ask)(void **) = (void (*)(void **))look_up(library, "pyapp_own_range");
    if (ask != NULL) {
        ask(range);
    }
    library->own = range[0];
    library->own_size = (uint32_t)((char *)range[1] - (char *)range[0]);
    if (library->own_size == 0) {
        return 0;
    }
    library->own_first = malloc(library->own_size);
    if (library->own_first == NULL) {
        return ENOMEM;
    }
    memcpy(library->own_first, library->own, library->own_size);
    return 0;
}

static int tell_own(const struct library *library)
{
    if (library->own_size == 0) {
        return 0;
    }
    return pyapp_call(PYAPP_CALL_OWN, pyapp_pair(library->own, library->own_size), (uintptr_t)library->own_first);
}

void *dlopen(const char *path, int mode)
{
    (void)mode;
    if (path == NULL) {
        return fail("the functions of the interpreter cannot be looked up", "the program itself");
    }
    for (struct library *library = first; library != NULL; library = library->next) {
        if (strcmp(library->path, path) == 0) {
            return library->is_ready ? library : fail(too_many_own, path);
        }
    }
    struct found found;
    int error = find(path, &found);
    if (error != 0) {
        return fail(reason(error), path);
    }
    /* aligned_alloc wants a multiple of the alignment. */
    size_t size = (found.size / found.alignment + 1) * (size_t)found.alignment;
    struct library *library = malloc(sizeof(*library) + strlen(path) + 1);
    void *memory = library == NULL ? NULL : aligned_alloc(found.alignment, size);
    uint8_t *own_kinds = memory == NULL ? NULL : room_for_kinds(&found);
    if (own_kinds == NULL) {
        free(memory);
        free(library);
        return fail(reason(ENOMEM), path);
    }
    memset(memory, 0, size);
    *library = (struct library){.number = found.number, .memory = memory};
    strcpy(library->path, path);
    error = load(library, own_kinds);
    if (error != 0) {
        free(memory);
        free(library);
        return fail(reason(error), path);
    }
    *end = library;
    end = &library->next;
    /* As the linker leaves it to whoever loads it: addresses in its data, then what it wants to be run first. */
    run(library, "__wasm_apply_data_relocs");
    error = note_own(library);
    if (error == 0) {
        error = tell_own(library);
    }
    if (error != 0) {
        return fail(too_many_own, path);
    }
    library->is_ready = 1;
    run(library, "__wasm_call_ctors");
    return library;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    void *found = library == NULL ? NULL : look_up(library, name);
    return found != NULL ? found : fail("no such function", name);
}

int dlclose(void *library)
{
    (void)library;
    return 0;
}

char *dlerror(void)
{
    int told = has_failed;
    has_failed = 0;
    return told ? failure : NULL;
}

void pyapp_load_again(void)
{
    for (struct library *library = first; library != NULL; library = library->next) {
        struct found found;
        int error = find(library->path, &found);
        if (error == 0) {
            library->number = found.number;
            error = load(library, NULL);
        }
        /* One whose import has failed has its slots, so that others have theirs, and is not used. */
        if (error == 0 && library->is_ready) {
            error = tell_own(library);
        }
        if (error != 0) {
            fprintf(stderr, "pyapp: %s: %s\n", library->path, strerror(error));
            exit(PYAPP_CANNOT_START);
        }
    }
}
