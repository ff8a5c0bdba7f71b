/* Linked into every extension that has C++: what the compiler's C++ runtime has as weak symbols, or has not at all. A weak function
 * is imported even by a module that has it, so that one would be shared; these are the extension's own.
 *
 * There are no exceptions: what throws one ends the process, and says so. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        fputs("pyapp: a C++ extension: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static size_t at_least_one(size_t size)
{
    return size == 0 ? 1 : size;
}

/* aligned_alloc(3) wants a multiple. */
static void *aligned(size_t size, size_t alignment)
{
    size_t rest = size % alignment;
    return aligned_alloc(alignment, rest == 0 && size != 0 ? size : size - rest + alignment);
}

/* operator new and new[], plain, without exceptions, aligned, and both. */
void *_Znwm(size_t size) { return must(malloc(at_least_one(size))); }
void *_Znam(size_t size) { return must(malloc(at_least_one(size))); }
void *_ZnwmRKSt9nothrow_t(size_t size, const void *tag) { return (void)tag, malloc(at_least_one(size)); }
void *_ZnamRKSt9nothrow_t(size_t size, const void *tag) { return (void)tag, malloc(at_least_one(size)); }
void *_ZnwmSt11align_val_t(size_t size, size_t alignment) { return must(aligned(size, alignment)); }
void *_ZnamSt11align_val_t(size_t size, size_t alignment) { return must(aligned(size, alignment)); }
void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag)
{
    return (void)tag, aligned(size, alignment);
}
void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag)
{
    return (void)tag, aligned(size, alignment);
}

/* operator delete and delete[], with what the compiler may say of the memory. */
void _ZdlPv(void *memory) { free(memory); }
void _ZdaPv(void *memory) { free(memory); }
void _ZdlPvm(void *memory, size_t size) { (void)size, free(memory); }
void _ZdaPvm(void *memory, size_t size) { (void)size, free(memory); }
void _ZdlPvRKSt9nothrow_t(void *memory, const void *tag) { (void)tag, free(memory); }
void _ZdaPvRKSt9nothrow_t(void *memory, const void *tag) { (void)tag, free(memory); }
void _ZdlPvSt11align_val_t(void *memory, size_t alignment) { (void)alignment, free(memory); }
void _ZdaPvSt11align_val_t(void *memory, size_t alignment) { (void)alignment, free(memory); }
void _ZdlPvmSt11align_val_t(void *memory, size_t size, size_t alignment) { (void)size, (void)alignment, free(memory); }
void _ZdaPvmSt11align_val_t(void *memory, size_t size, size_t alignment) { (void)size, (void)alignment, free(memory); }

static _Noreturn void thrown(void)
{
    fputs("pyapp: a C++ extension has thrown an exception, which it cannot here\n", stderr);
    abort();
}

void *__cxa_allocate_exception(size_t size) { return (void)size, thrown(), NULL; }
void __cxa_free_exception(void *exception) { (void)exception; }
_Noreturn void __cxa_throw(void *exception, void *type, void (*destructor)(void *))
{
    (void)exception, (void)type, (void)destructor, thrown();
}
void *__cxa_begin_catch(void *exception) { return exception; }
void __cxa_end_catch(void) {}
_Noreturn void __cxa_rethrow(void) { thrown(); }

/* What a thread's own objects want done when it ends: nothing is done, their memory stays. */
int __cxa_thread_atexit(void (*destructor)(void *), void *object, void *library)
{
    return (void)destructor, (void)object, (void)library, 0;
}
