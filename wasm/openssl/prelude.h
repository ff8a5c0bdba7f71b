/* In front of every file of OpenSSL. */
#include "posix.h"

/* musl's strerror_r is not glibc's, which OpenSSL takes _GNU_SOURCE for. */
#undef _GNU_SOURCE
#define _BSD_SOURCE 1

/* OpenSSL's generator of random bytes seeds itself anew when it finds itself in another process. A run that is resumed from a
 * snapshot is one, and has the same number. */
#define getpid pyapp_generation
