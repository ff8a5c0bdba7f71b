/* wasi-libc keeps no floating-point flags and names none. The interpreter keeps those that are raised by hand (src/posix/fenv.c), so
 * they have names. */
#include_next <fenv.h>

#ifndef FE_INVALID
#define FE_INVALID 1
#define FE_DIVBYZERO 4
#define FE_OVERFLOW 8
#define FE_UNDERFLOW 16
#define FE_INEXACT 32
#undef FE_ALL_EXCEPT
#define FE_ALL_EXCEPT 61
#endif
