/* poll() and select() over poll_oneoff(). wasi-libc's fail if one descriptor is bad, or is watched for nothing. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <wasi/api.h>

#include "posix.h"

/* Descriptors that are looked at without memory of its own. */
#define FEW 16

/* What is the same here. Urgent data and the like (POLLPRI) are never told of. */
#define READS (POLLIN | POLLRDNORM)
/* Asked for alone, it ends the wait with nothing to tell where there is only data: preview1 cannot wait for the end alone. */
#define READS_OR_END (READS | POLLRDHUP)
#define WRITES (POLLOUT | POLLWRNORM)

static void add(__wasi_subscription_t *list, size_t *count, int fd, size_t index, __wasi_eventtype_t type)
{
    __wasi_subscription_t *one = &list[(*count)++];
    *one = (__wasi_subscription_t){.userdata = index, .u.tag = type};
    if (type == __WASI_EVENTTYPE_FD_READ) {
        one->u.u.fd_read.file_descriptor = fd;
    } else {
        one->u.u.fd_write.file_descriptor = fd;
    }
}

/* Subscribes to what is asked for; how many descriptors have something to tell already. With `check` each is looked at
   first, without it only what is watched for nothing, which no subscription would find bad. */
static int subscribe(struct pollfd *fds, nfds_t count, __wasi_subscription_t *list, size_t *used, int check)
{
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        __wasi_fdstat_t state;
        fds[i].revents = 0;
        if (fds[i].fd < 0) {
            continue;
        }
        int watched = (fds[i].events & (READS_OR_END | WRITES)) != 0;
        if ((check || !watched) && __wasi_fd_fdstat_get(fds[i].fd, &state) != 0) {
            fds[i].revents = POLLNVAL;
            ready++;
            continue;
        }
        if (fds[i].events & READS_OR_END) {
            add(list, used, fds[i].fd, i, __WASI_EVENTTYPE_FD_READ);
        }
        if (fds[i].events & WRITES) {
            add(list, used, fds[i].fd, i, __WASI_EVENTTYPE_FD_WRITE);
        }
    }
    return ready;
}

static int is_socket(int fd)
{
    __wasi_fdstat_t state;
    return __wasi_fd_fdstat_get(fd, &state) == 0 && (state.fs_filetype == __WASI_FILETYPE_SOCKET_STREAM ||
                                                     state.fs_filetype == __WASI_FILETYPE_SOCKET_DGRAM);
}

static void note(struct pollfd *poll, const __wasi_event_t *event)
{
    /* The host wrote the event, with a number of WASI's. */
    if (event->error != 0) {
        poll->revents |= event->error == __WASI_ERRNO_BADF ? POLLNVAL : POLLERR;
        return;
    }
    int hung_up = event->fd_readwrite.flags & __WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP;
    if (event->type == __WASI_EVENTTYPE_FD_READ) {
        /* Ready, and no byte: nobody sends any more. */
        int ended = hung_up || event->fd_readwrite.nbytes == 0;
        poll->revents |= (poll->events & READS) | (hung_up ? POLLHUP : 0) | (ended ? poll->events & POLLRDHUP : 0);
    } else if (!hung_up) {
        poll->revents |= poll->events & WRITES;
    } else {
        /* A socket has hung up for both ways; a pipe that nobody reads is an error for who writes. */
        poll->revents |= (poll->events & WRITES) | (is_socket(poll->fd) ? POLLHUP : POLLERR);
    }
}

/* Asks the host once, waiting for `nanoseconds` at most, or for ever if below zero. */
static __wasi_errno_t ask(struct pollfd *fds, nfds_t count, long long nanoseconds, int check,
                          __wasi_subscription_t *subscriptions, __wasi_event_t *events, size_t *told)
{
    size_t used = 0;
    if (subscribe(fds, count, subscriptions, &used, check) > 0) {
        nanoseconds = 0;
    }
    if (nanoseconds >= 0) {
        __wasi_subscription_t *clock = &subscriptions[used++];
        *clock = (__wasi_subscription_t){.u.tag = __WASI_EVENTTYPE_CLOCK};
        clock->u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
        clock->u.u.clock.timeout = (__wasi_timestamp_t)nanoseconds;
    }
    /* Without a subscription there is nothing that could end the wait. */
    return used == 0 ? EDEADLK : __wasi_poll_oneoff(subscriptions, events, used, told);
}

/* `nanoseconds` below zero: for ever. */
static int wait_for(struct pollfd *fds, nfds_t count, long long nanoseconds)
{
    __wasi_subscription_t few_subscriptions[2 * FEW + 1], *subscriptions = few_subscriptions;
    __wasi_event_t few_events[2 * FEW + 1], *events = few_events;
    if (count > FEW) {
        subscriptions = calloc(2 * count + 1, sizeof(*subscriptions));
        events = calloc(2 * count + 1, sizeof(*events));
    }
    size_t told = 0;
    __wasi_errno_t error = ENOMEM;
    if (subscriptions != NULL && events != NULL) {
        error = ask(fds, count, nanoseconds, 0, subscriptions, events, &told);
        /* One bad descriptor fails the whole call. */
        if (error == EBADF) {
            error = ask(fds, count, nanoseconds, 1, subscriptions, events, &told);
        }
    }
    int result = error == 0 ? 0 : -1;
    for (size_t i = 0; result == 0 && i < told; i++) {
        if (events[i].type != __WASI_EVENTTYPE_CLOCK) {
            note(&fds[events[i].userdata], &events[i]);
        }
    }
    for (nfds_t i = 0; result >= 0 && i < count; i++) {
        result += fds[i].revents != 0;
    }
    if (subscriptions != few_subscriptions) {
        free(subscriptions);
        free(events);
    }
    if (error != 0) {
        errno = error;
    }
    return result;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return wait_for(fds, count, timeout < 0 ? -1 : timeout * 1000000LL);
}

int select(int limit, fd_set *restrict readers, fd_set *restrict writers, fd_set *restrict others,
           struct timeval *restrict timeout)
{
    struct pollfd fds[FD_SETSIZE];
    nfds_t count = 0;
    if (limit < 0 || limit > FD_SETSIZE) {
        errno = EINVAL;
        return -1;
    }
    for (int fd = 0; fd < limit; fd++) {
        int reads = readers != NULL && FD_ISSET(fd, readers);
        int writes = writers != NULL && FD_ISSET(fd, writers);
        if (reads || writes || (others != NULL && FD_ISSET(fd, others))) {
            short events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
            fds[count++] = (struct pollfd){.fd = fd, .events = events};
        }
    }
    long long wait = -1;
    if (timeout != NULL) {
        wait = timeout->tv_sec > LLONG_MAX / 2000000000 ? -1 : timeout->tv_sec * 1000000000LL + timeout->tv_usec * 1000LL;
    }
    if (wait_for(fds, count, wait) < 0) {
        return -1;
    }
    for (nfds_t i = 0; i < count; i++) {
        if (fds[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
    }
    int result = 0;
    if (readers != NULL) FD_ZERO(readers);
    if (writers != NULL) FD_ZERO(writers);
    if (others != NULL) FD_ZERO(others);
    for (nfds_t i = 0; i < count; i++) {
        if ((fds[i].events & POLLIN) && (fds[i].revents & (POLLIN | POLLHUP | POLLERR))) {
            FD_SET(fds[i].fd, readers);
            result++;
        }
        if ((fds[i].events & POLLOUT) && (fds[i].revents & (POLLOUT | POLLERR))) {
            FD_SET(fds[i].fd, writers);
            result++;
        }
    }
    return result;
}
