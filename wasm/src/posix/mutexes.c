/* Mutexes, conditions and semaphores. Taking one that is free needs no call of the host. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>

#include "posix.h"
#include "threads.h"

/* ---- Mutexes ---- */

#define LOCKED __u.__vi[0]
#define WAITERS __u.__i[1]
#define KIND __u.__i[2]
#define DEPTH __u.__i[3]
#define OWNER __u.__p[4]

int pthread_mutexattr_init(pthread_mutexattr_t *attributes)
{
    attributes->__attr = PTHREAD_MUTEX_NORMAL;
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind)
{
    attributes->__attr = (unsigned)kind;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attributes)
{
    memset(mutex, 0, sizeof(*mutex));
    mutex->KIND = attributes != NULL ? (int)attributes->__attr : PTHREAD_MUTEX_NORMAL;
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    (void)mutex;
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (mutex->LOCKED) {
        if (mutex->KIND == PTHREAD_MUTEX_RECURSIVE && mutex->OWNER == pyapp_thread_self()) {
            mutex->DEPTH++;
            return 0;
        }
        return EBUSY;
    }
    mutex->LOCKED = 1;
    mutex->OWNER = pyapp_thread_self();
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    while (pthread_mutex_trylock(mutex) != 0) {
        mutex->WAITERS++;
        (void)pyapp_wait(&mutex->LOCKED, 1, FOR_EVER);
        mutex->WAITERS--;
    }
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->DEPTH > 0) {
        mutex->DEPTH--;
        return 0;
    }
    mutex->OWNER = NULL;
    mutex->LOCKED = 0;
    if (mutex->WAITERS > 0) {
        pyapp_wake(&mutex->LOCKED, 1);
    }
    return 0;
}

/* ---- Conditions ---- */

#define SEQUENCE __u.__vi[0]
#define CLOCK __u.__p[2]

int pthread_condattr_init(pthread_condattr_t *attributes)
{
    attributes->__attr = 0;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock)
{
    attributes->__attr = clock == CLOCK_MONOTONIC;
    return 0;
}

int pthread_cond_init(pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes)
{
    memset(condition, 0, sizeof(*condition));
    condition->CLOCK = (void *)(attributes != NULL && attributes->__attr ? CLOCK_MONOTONIC : CLOCK_REALTIME);
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    return 0;
}

static int wait_for(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t nanoseconds)
{
    int sequence = condition->SEQUENCE;
    condition->WAITERS++;
    pthread_mutex_unlock(mutex);
    int error = pyapp_wait(&condition->SEQUENCE, sequence, nanoseconds);
    condition->WAITERS--;
    pthread_mutex_lock(mutex);
    /* A signal is no reason to return, but a wake for none is allowed. */
    return error == ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex)
{
    return wait_for(condition, mutex, FOR_EVER);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    clockid_t clock = condition->CLOCK != NULL ? (clockid_t)condition->CLOCK : CLOCK_REALTIME;
    return wait_for(condition, mutex, pyapp_until(until, clock));
}

static int wake_some(pthread_cond_t *condition, unsigned count)
{
    if (condition->WAITERS > 0) {
        condition->SEQUENCE = (int)((unsigned)condition->SEQUENCE + 1);
        pyapp_wake(&condition->SEQUENCE, count);
    }
    return 0;
}

int pthread_cond_signal(pthread_cond_t *condition)
{
    return wake_some(condition, 1);
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    return wake_some(condition, INT_MAX);
}

/* ---- Semaphores ---- */

#define VALUE __val[0]
#define SLEEPERS __val[1]

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    if (value > INT_MAX) {
        errno = EINVAL;
        return -1;
    }
    memset(semaphore, 0, sizeof(*semaphore));
    semaphore->VALUE = (int)value;
    return 0;
}

int sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

int sem_getvalue(sem_t *restrict semaphore, int *restrict value)
{
    *value = semaphore->VALUE;
    return 0;
}

int sem_trywait(sem_t *semaphore)
{
    if (semaphore->VALUE > 0) {
        semaphore->VALUE--;
        return 0;
    }
    errno = EAGAIN;
    return -1;
}

static int take(sem_t *semaphore, const struct timespec *until, clockid_t clock)
{
    while (semaphore->VALUE <= 0) {
        uint64_t nanoseconds = until == NULL ? FOR_EVER : pyapp_until(until, clock);
        semaphore->SLEEPERS++;
        int error = nanoseconds == 0 ? ETIMEDOUT : pyapp_wait(&semaphore->VALUE, 0, nanoseconds);
        semaphore->SLEEPERS--;
        if (error != 0 && semaphore->VALUE <= 0) {
            errno = error;
            return -1;
        }
    }
    semaphore->VALUE--;
    return 0;
}

int sem_wait(sem_t *semaphore)
{
    return take(semaphore, NULL, CLOCK_REALTIME);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    return take(semaphore, until, CLOCK_REALTIME);
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until)
{
    return take(semaphore, until, clock);
}

int sem_post(sem_t *semaphore)
{
    if (semaphore->VALUE == INT_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    semaphore->VALUE++;
    if (semaphore->SLEEPERS > 0) {
        pyapp_wake(&semaphore->VALUE, 1);
    }
    return 0;
}
