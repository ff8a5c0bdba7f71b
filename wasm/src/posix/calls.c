/* See calls.h. A call is fd_advise() on a number that no descriptor has: a host without these calls knows no such descriptor. */
#include "calls.h"

#include <errno.h>
#include <wasi/api.h>

#include "abi.h"
#include "posix.h"

/* Of the section that posix.h puts thread-local variables into. */
extern char __start_pyapp_own, __stop_pyapp_own;

struct pyapp_control pyapp_control;
volatile unsigned pyapp_attention;

int pyapp_call(int call, uint64_t first, uint64_t second)
{
    __wasi_errno_t error = __wasi_fd_advise((__wasi_fd_t)(PYAPP_CALLS + call), first, second, __WASI_ADVICE_NORMAL);
    return error == EBADF ? ENOSYS : error;
}

void pyapp_attach(void *state, size_t breaker)
{
    pyapp_control = (struct pyapp_control){
        .own = &__start_pyapp_own,
        .own_size = (uint32_t)(&__stop_pyapp_own - &__start_pyapp_own),
        .error = &errno,
        .state = state,
        .breaker = (uint32_t)breaker,
        .attention = &pyapp_attention,
    };
    (void)pyapp_call(PYAPP_CALL_ATTACH, pyapp_pair(&pyapp_control, sizeof(pyapp_control)), 0);
}
