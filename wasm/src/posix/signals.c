/* Signals, which a program can only raise itself, and which are handled at once. wasi-libc's trap where a process would
 * end. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "abi.h"
#include "posix.h"

/* NULL: what happens by default. */
static void (*handlers[_NSIG])(int);

/* SIG_IGN and SIG_ERR of wasi-libc's signal.h. */
void __SIG_IGN(int signal)
{
    (void)signal;
}

_Noreturn void __SIG_ERR(int signal)
{
    (void)signal;
    abort();
}

void (*signal(int signal, void (*handler)(int)))(int)
{
    if (signal <= 0 || signal >= _NSIG || signal == SIGKILL || signal == SIGSTOP) {
        errno = EINVAL;
        return SIG_ERR;
    }
    void (*old)(int) = handlers[signal];
    handlers[signal] = handler;
    return old;
}

int raise(int signal)
{
    if (signal < 0 || signal >= _NSIG) {
        errno = EINVAL;
        return -1;
    }
    if (signal != 0 && handlers[signal] != NULL) {
        handlers[signal](signal);
        return 0;
    }
    switch (signal) {
    case 0:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
        return 0;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        /* Nobody could let it go on. */
        errno = ENOSYS;
        return -1;
    default:
        _Exit(PYAPP_ENDED_BY_SIGNAL + signal);
    }
}

int kill(pid_t process, int signal)
{
    if (process != getpid() && process != 0) {
        errno = ESRCH;
        return -1;
    }
    return raise(signal);
}

/* No call is ever interrupted. */
int siginterrupt(int signal, int flag)
{
    (void)flag;
    if (signal <= 0 || signal >= _NSIG) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

/* wasi-libc's sets hold one byte: enough to tell all signals from none, as there is no call that would mask some. */
int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = 1;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    (void)set, (void)signal;
    errno = ENOSYS;
    return -1;
}

int sigismember(const sigset_t *set, int signal)
{
    return *set && signal > 0 && signal < _NSIG;
}

/* None ever waits. */
int sigpending(sigset_t *set)
{
    return sigemptyset(set);
}
