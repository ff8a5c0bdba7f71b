/* Clocks: which there are, how long the process has run, and sleeping. */
#include <errno.h>
#include <sys/times.h>
#include <time.h>
#include <wasi/api.h>

#include "posix.h"
#include "threads.h"

/* What wasi-libc's sysconf() says. */
#define TICKS_PER_SECOND 100

/* As the host's clocks are numbered. */
struct __clockid {
    __wasi_clockid_t id;
};
const struct __clockid pyapp_process_clock = {__WASI_CLOCKID_PROCESS_CPUTIME_ID};
const struct __clockid pyapp_thread_clock = {__WASI_CLOCKID_THREAD_CPUTIME_ID};

/* A clock is the address of its number, and programs pass any number: wasi-libc reads from there without a look. */
static int is_clock(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_PROCESS_CPUTIME_ID ||
           clock == CLOCK_THREAD_CPUTIME_ID;
}

static int answer(__wasi_errno_t error, __wasi_timestamp_t time, struct timespec *result)
{
    if (error != 0) {
        errno = error;
        return -1;
    }
    *result = (struct timespec){.tv_sec = (time_t)(time / 1000000000), .tv_nsec = (long)(time % 1000000000)};
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *result)
{
    __wasi_timestamp_t time = 0;
    return answer(is_clock(clock) ? __wasi_clock_time_get(clock->id, 1, &time) : EINVAL, time, result);
}

int clock_getres(clockid_t clock, struct timespec *result)
{
    __wasi_timestamp_t time = 0;
    return answer(is_clock(clock) ? __wasi_clock_res_get(clock->id, &time) : EINVAL, time, result);
}

/* wasi-libc's goes on while the process sleeps. */
clock_t clock(void)
{
    __wasi_timestamp_t time = 0;
    if (__wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 0, &time) != 0) {
        (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &time);
    }
    return (clock_t)(time / (1000000000 / CLOCKS_PER_SEC));
}

/* wasi-libc's counts nanoseconds, of all time. POSIX's ticks are of 10 ms, and there are no children. */
clock_t times(struct tms *buffer)
{
    __wasi_timestamp_t time = 0;
    *buffer = (struct tms){.tms_utime = clock() / (CLOCKS_PER_SEC / TICKS_PER_SECOND)};
    (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &time);
    return (clock_t)(time / (1000000000 / TICKS_PER_SECOND));
}

/* wasi-libc's answers ENOTSUP when a signal has come. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return ENOTSUP;
    }
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= 1000000000) {
        return EINVAL;
    }
    struct timespec until = *time;
    if (!(flags & TIMER_ABSTIME)) {
        clock_gettime(clock, &until);
        until.tv_sec += time->tv_sec;
        until.tv_nsec += time->tv_nsec;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
    }
    __wasi_subscription_t subscription = {.u.tag = __WASI_EVENTTYPE_CLOCK};
    subscription.u.u.clock.id = clock->id;
    /* A time that preview1 cannot tell never comes. */
    uint64_t seconds = (uint64_t)until.tv_sec;
    subscription.u.u.clock.timeout =
        seconds >= UINT64_MAX / 1000000000 ? UINT64_MAX : seconds * 1000000000 + (uint64_t)until.tv_nsec;
    subscription.u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
    __wasi_event_t event;
    size_t told;
    __wasi_errno_t error = __wasi_poll_oneoff(&subscription, &event, 1, &told);
    if (error == EINTR && rest != NULL && !(flags & TIMER_ABSTIME)) {
        uint64_t left = pyapp_until(&until, clock);
        *rest = (struct timespec){.tv_sec = (time_t)(left / 1000000000), .tv_nsec = (long)(left % 1000000000)};
    }
    return error;
}

int nanosleep(const struct timespec *time, struct timespec *rest)
{
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return 0;
}
