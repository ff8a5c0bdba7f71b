/* Locks that many may hold who only read, or one who writes. Who waits to write goes before who comes to read, and when one who has
 * written lets go, those who wait to read go first: so neither waits for ever. Who reads already may read more, whoever waits. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "posix.h"
#include "threads.h"

/* How many read; -1: one writes. */
#define HOLDERS __u.__i[0]
/* The words that readers and writers wait on; each changes with every wake. */
#define READERS_TURN __u.__vi[1]
#define WRITERS_TURN __u.__vi[2]
/* How many wait. */
#define READERS __u.__i[3]
#define WRITERS __u.__i[4]
/* How many readers may still go before the writers that wait. */
#define INVITED __u.__i[5]

/* Locks that this thread holds to read. */
static _Thread_local int reading;

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attributes)
{
    (void)attributes;
    memset(lock, 0, sizeof(*lock));
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    (void)lock;
    return 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    if (lock->HOLDERS < 0 || (lock->WRITERS > 0 && lock->INVITED == 0 && reading == 0)) {
        return EBUSY;
    }
    if (lock->HOLDERS == INT_MAX) {
        return EAGAIN;
    }
    lock->HOLDERS++;
    reading++;
    if (lock->INVITED > 0) {
        lock->INVITED--;
    }
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    if (lock->HOLDERS != 0 || lock->INVITED > 0) {
        return EBUSY;
    }
    lock->HOLDERS = -1;
    return 0;
}

static void change(volatile int *turn, unsigned count)
{
    *turn = (int)((unsigned)*turn + 1);
    pyapp_wake(turn, count);
}

/* Lets in who may go next. */
static void hand_on(pthread_rwlock_t *lock)
{
    if (lock->HOLDERS == 0 && lock->INVITED == 0 && lock->WRITERS > 0) {
        change(&lock->WRITERS_TURN, 1);
    } else if (lock->HOLDERS >= 0 && lock->READERS > 0 && (lock->WRITERS == 0 || lock->INVITED > 0)) {
        change(&lock->READERS_TURN, INT_MAX);
    }
}

/* Takes it, or waits for it until that time, if there is one. */
static int take(pthread_rwlock_t *lock, int writes, const struct timespec *until)
{
    for (;;) {
        int error = writes ? pthread_rwlock_trywrlock(lock) : pthread_rwlock_tryrdlock(lock);
        if (error != EBUSY) {
            return error;
        }
        uint64_t nanoseconds = until == NULL ? FOR_EVER : pyapp_until(until, CLOCK_REALTIME);
        volatile int *turn = writes ? &lock->WRITERS_TURN : &lock->READERS_TURN;
        int *waiting = writes ? &lock->WRITERS : &lock->READERS;
        ++*waiting;
        error = nanoseconds == 0 ? ETIMEDOUT : pyapp_wait(turn, *turn, nanoseconds);
        --*waiting;
        if (error == ETIMEDOUT) {
            /* Whoever has been held up by this one, or was invited in its place, goes on. */
            if (!writes && lock->INVITED > lock->READERS) {
                lock->INVITED = lock->READERS;
            }
            hand_on(lock);
            return ETIMEDOUT;
        }
    }
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return take(lock, 0, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return take(lock, 1, NULL);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict until)
{
    return take(lock, 0, until);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict until)
{
    return take(lock, 1, until);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    if (lock->HOLDERS < 0) {
        lock->HOLDERS = 0;
        lock->INVITED = lock->READERS;
    } else {
        lock->HOLDERS--;
        reading--;
    }
    hand_on(lock);
    return 0;
}
