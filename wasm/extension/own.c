/* Linked into every extension: where its variables are of which each thread has a copy (_Thread_local in posix.h). The interpreter
 * asks when it loads the extension (libraries.c). */
extern char __start_pyapp_own[] __attribute__((weak, visibility("hidden")));
extern char __stop_pyapp_own[] __attribute__((weak, visibility("hidden")));

__attribute__((visibility("default"))) void pyapp_own_range(const void **range)
{
    range[0] = __start_pyapp_own;
    range[1] = __stop_pyapp_own;
}
