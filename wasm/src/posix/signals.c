/* Signals. Those from outside come to the host, which asks for attention and interrupts the main thread's wait;
 * they are handled here when the interpreter attends, or a wait ends. Masks and what is pending are our own: the host only knows
 * for each signal whether the system is to end the process, to ignore it, or to tell us. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "abi.h"
#include "calls.h"
#include "posix.h"
#include "threads.h"

#define BIT(signal) (1ull << ((signal) - 1))
#define UNMASKABLE (BIT(SIGKILL) | BIT(SIGSTOP))

/* With sa_handler NULL: what happens by default. */
static struct sigaction actions[_NSIG];
/* Those that have come and that no thread could take yet; how often that has changed, for who waits for it. */
static uint64_t pending;
static volatile int changes;
/* Those that some thread has ever blocked or waited for: the host is to tell us of them. */
static uint64_t wanted;
volatile unsigned long long pyapp_limit;

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

static int is_signal(int signal)
{
    return signal > 0 && signal < _NSIG;
}

static int refuse(void)
{
    errno = EINVAL;
    return -1;
}

/* What the system is to do with a signal from outside. */
static void tell_host(int signal)
{
    int what = PYAPP_SIGNAL_DEFAULT;
    if (actions[signal].sa_handler == SIG_IGN) {
        what = PYAPP_SIGNAL_IGNORE;
    } else if (actions[signal].sa_handler != SIG_DFL || (wanted & BIT(signal))) {
        what = PYAPP_SIGNAL_TELL;
    }
    (void)pyapp_call(PYAPP_CALL_SIGNAL, (uint64_t)signal, (uint64_t)what);
}

/* ---- Actions ---- */

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    if (!is_signal(signal) || (action != NULL && (UNMASKABLE & BIT(signal)))) {
        return refuse();
    }
    if (old != NULL) {
        *old = actions[signal];
    }
    if (action != NULL) {
        int same = actions[signal].sa_handler == action->sa_handler;
        actions[signal] = *action;
        if (action->sa_handler == SIG_IGN) {
            pending &= ~BIT(signal);
        }
        if (!same) {
            tell_host(signal);
        }
    }
    return 0;
}

void (*signal(int signal, void (*handler)(int)))(int)
{
    struct sigaction action = {.sa_handler = handler}, old;
    return sigaction(signal, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

unsigned long long pyapp_begin_signals(void)
{
    (void)pyapp_call(PYAPP_CALL_IGNORED, 0, 0);
    uint64_t ignored = pyapp_control.ignored;
    for (int signal = 1; signal < _NSIG; signal++) {
        /* In a snapshot a program may have set an action. */
        if (actions[signal].sa_handler != SIG_DFL) {
            tell_host(signal);
        } else if (ignored & BIT(signal)) {
            actions[signal].sa_handler = SIG_IGN;
        }
    }
    return ignored;
}

int siginterrupt(int signal, int flag)
{
    if (!is_signal(signal)) {
        return refuse();
    }
    actions[signal].sa_flags = (actions[signal].sa_flags & ~SA_RESTART) | (flag ? 0 : SA_RESTART);
    return 0;
}

/* ---- Delivery ---- */

static int act_by_default(int signal)
{
    switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
        return 0;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: {
        int error = pyapp_call(PYAPP_CALL_STOP, (uint64_t)signal, 0);
        errno = error;
        return error == 0 ? 0 : -1;
    }
    default:
        /* The host ends the process by it, if it can. */
        (void)pyapp_call(PYAPP_CALL_ENDS, (uint64_t)signal, 0);
        _Exit(PYAPP_ENDED_BY_SIGNAL + signal);
    }
}

/* In the thread that runs, which has not blocked it. */
static int handle(int signal)
{
    struct sigaction action = actions[signal];
    if (action.sa_handler == SIG_DFL) {
        return act_by_default(signal);
    }
    if (action.sa_handler == SIG_IGN) {
        return 0;
    }
    if (action.sa_flags & SA_RESETHAND) {
        actions[signal].sa_handler = SIG_DFL;
    }
    uint64_t *mask = pyapp_signal_mask(), before = *mask;
    *mask |= action.sa_mask | (action.sa_flags & SA_NODEFER ? 0 : BIT(signal));
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t info = {.si_signo = signal, .si_pid = getpid(), .si_uid = PYAPP_USER};
        action.sa_sigaction(signal, &info, NULL);
    } else {
        action.sa_handler(signal);
    }
    *mask = before;
    return 0;
}

/* Handles those of the pending signals that this thread has not blocked. */
static void deliver(void)
{
    for (int signal = 1; signal < _NSIG && pending != 0; signal++) {
        if ((pending & BIT(signal)) && !(*pyapp_signal_mask() & BIT(signal))) {
            pending &= ~BIT(signal);
            (void)handle(signal);
        }
    }
}

static void arrive(uint64_t signals)
{
    if (signals != 0) {
        pending |= signals;
        changes = (int)((unsigned)changes + 1);
        pyapp_wake(&changes, INT_MAX);
        deliver();
    }
}

void pyapp_attend(void)
{
    pyapp_attention = 0;
    (void)pyapp_call(PYAPP_CALL_YIELD, 0, 0);
    uint64_t signals = pyapp_control.signals;
    pyapp_control.signals = 0;
    uint64_t limits = signals & (PYAPP_TIME_LIMIT | PYAPP_CPU_LIMIT);
    pyapp_limit |= limits;
    arrive(signals & ~limits);
}

int raise(int signal)
{
    if (signal == 0) {
        return 0;
    }
    if (!is_signal(signal)) {
        return refuse();
    }
    if (*pyapp_signal_mask() & BIT(signal)) {
        arrive(BIT(signal));
        return 0;
    }
    return handle(signal);
}

int kill(pid_t process, int signal)
{
    if (process != getpid() && process != 0) {
        errno = ESRCH;
        return -1;
    }
    if (raise(signal) != 0) {
        return -1;
    }
    /* It is the process's: a wait of the main thread ends, too. */
    return signal == 0 ? 0 : (pyapp_call(PYAPP_CALL_INTERRUPT, 0, 0), 0);
}

int pthread_kill(pthread_t thread, int signal)
{
    int64_t number = pyapp_thread_number_of(thread);
    if (number < 0) {
        return ESRCH;
    }
    if (signal < 0 || signal >= _NSIG) {
        return EINVAL;
    }
    if (signal != 0) {
        (void)raise(signal);
        if (thread != pthread_self()) {
            (void)pyapp_call(PYAPP_CALL_INTERRUPT, (uint64_t)number, 0);
        }
    }
    return 0;
}

/* ---- Sets and masks ---- */

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0ull;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    if (!is_signal(signal)) {
        return refuse();
    }
    *set |= BIT(signal);
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    if (!is_signal(signal)) {
        return refuse();
    }
    *set &= ~BIT(signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    return is_signal(signal) ? (*set & BIT(signal)) != 0 : refuse();
}

/* Lets the host tell us of these signals. */
static void want(uint64_t signals)
{
    uint64_t fresh = signals & ~wanted & ~UNMASKABLE;
    wanted |= fresh;
    for (int signal = 1; signal < _NSIG && fresh != 0; signal++) {
        if (fresh & BIT(signal)) {
            tell_host(signal);
        }
    }
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    uint64_t *mask = pyapp_signal_mask(), before = *mask;
    if (set != NULL) {
        switch (how) {
        case SIG_BLOCK:
            *mask |= *set;
            break;
        case SIG_UNBLOCK:
            *mask &= ~*set;
            break;
        case SIG_SETMASK:
            *mask = *set;
            break;
        default:
            return EINVAL;
        }
        *mask &= ~UNMASKABLE;
        want(*mask);
        deliver();
    }
    if (old != NULL) {
        *old = before;
    }
    return 0;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    int error = pthread_sigmask(how, set, old);
    errno = error;
    return error == 0 ? 0 : -1;
}

int sigpending(sigset_t *set)
{
    *set = pending & *pyapp_signal_mask();
    return 0;
}

/* ---- Waiting for signals ---- */

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout)
{
    struct timespec until;
    if (timeout != NULL) {
        if (timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) {
            return refuse();
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += timeout->tv_sec + (until.tv_nsec + timeout->tv_nsec) / 1000000000;
        until.tv_nsec = (until.tv_nsec + timeout->tv_nsec) % 1000000000;
    }
    want(*set);
    for (;;) {
        int before = changes;
        for (int signal = 1; signal < _NSIG; signal++) {
            if (pending & *set & BIT(signal)) {
                pending &= ~BIT(signal);
                if (info != NULL) {
                    *info = (siginfo_t){.si_signo = signal, .si_pid = getpid(), .si_uid = PYAPP_USER};
                }
                return signal;
            }
        }
        int error = pyapp_wait(&changes, before, timeout == NULL ? FOR_EVER : pyapp_until(&until, CLOCK_MONOTONIC));
        if (error == EINTR) {
            /* What is waited for may not be blocked, and is ours all the same. */
            uint64_t *mask = pyapp_signal_mask(), others = *mask;
            *mask |= *set;
            pyapp_attend();
            *mask = others;
            if (!(pending & *set)) {
                errno = EINTR;
                return -1;
            }
        } else if (error == ETIMEDOUT && !(pending & *set)) {
            errno = EAGAIN;
            return -1;
        }
    }
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    do {
        *signal = sigtimedwait(set, NULL, NULL);
    } while (*signal < 0 && errno == EINTR);
    return *signal < 0 ? errno : 0;
}

int pause(void)
{
    while (pyapp_wait(&changes, changes, FOR_EVER) != EINTR) {
    }
    errno = EINTR;
    return -1;
}

/* ---- Timers: the host process's ---- */

static int is_time(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

static uint64_t microseconds(const struct timeval *time)
{
    uint64_t most = UINT32_MAX;
    return ((uint64_t)time->tv_sec < most ? (uint64_t)time->tv_sec : most) * 1000000 + (uint64_t)time->tv_usec;
}

static struct timeval time_of(uint64_t microseconds)
{
    return (struct timeval){.tv_sec = (time_t)(microseconds / 1000000), .tv_usec = (suseconds_t)(microseconds % 1000000)};
}

static int timer(int call, int which, struct itimerval *value)
{
    uint64_t words[2] = {microseconds(&value->it_interval), microseconds(&value->it_value)};
    int error = pyapp_call(call, pyapp_pair(words, (uint32_t)which), 0);
    if (error != 0) {
        errno = error;
        return -1;
    }
    *value = (struct itimerval){.it_interval = time_of(words[0]), .it_value = time_of(words[1])};
    return 0;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    if (!is_time(&value->it_interval) || !is_time(&value->it_value)) {
        return refuse();
    }
    struct itimerval both = *value;
    if (timer(PYAPP_CALL_SET_TIMER, which, &both) != 0) {
        return -1;
    }
    if (old != NULL) {
        *old = both;
    }
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    *value = (struct itimerval){0};
    return timer(PYAPP_CALL_GET_TIMER, which, value);
}

unsigned alarm(unsigned seconds)
{
    struct itimerval value = {.it_value.tv_sec = seconds};
    if (setitimer(ITIMER_REAL, &value, &value) != 0) {
        return 0;
    }
    return (unsigned)value.it_value.tv_sec + (value.it_value.tv_usec > 0);
}
