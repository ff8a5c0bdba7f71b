/* Floating-point flags. WebAssembly has none that arithmetic would set, and wasi-libc neither keeps nor names any. Programs also
 * raise them by hand to tell their callers of an error, as numpy.linalg does: these are kept, each thread's own. Rounding is to the
 * nearest, always. */
#include <fenv.h>

#include "posix.h"

static _Thread_local int flags;

int feclearexcept(int which)
{
    flags &= ~which;
    return 0;
}

int feraiseexcept(int which)
{
    flags |= which;
    return 0;
}

int fetestexcept(int which)
{
    return flags & which;
}

int fegetround(void)
{
    return FE_TONEAREST;
}

/* What fesetround(3) calls. */
int __fesetround(int rounding)
{
    return rounding == FE_TONEAREST ? 0 : -1;
}

int fegetenv(fenv_t *environment)
{
    environment->__cw = (unsigned long)flags;
    return 0;
}

int fesetenv(const fenv_t *environment)
{
    flags = environment == FE_DFL_ENV ? 0 : (int)environment->__cw;
    return 0;
}
