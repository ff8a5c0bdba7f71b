/* Locks that many may read under, or one write. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "posix.h"
#include "threads.h"

/* How many read; WRITTEN: one writes. */
#define HOLDERS __u.__vi[0]
#define WAITERS __u.__i[1]
#define WRITTEN (-1)

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
    if (lock->HOLDERS == WRITTEN) {
        return EBUSY;
    }
    lock->HOLDERS++;
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    if (lock->HOLDERS != 0) {
        return EBUSY;
    }
    lock->HOLDERS = WRITTEN;
    return 0;
}

static int take(pthread_rwlock_t *lock, int (*attempt)(pthread_rwlock_t *))
{
    while (attempt(lock) != 0) {
        lock->WAITERS++;
        (void)pyapp_wait(&lock->HOLDERS, lock->HOLDERS, FOR_EVER);
        lock->WAITERS--;
    }
    return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return take(lock, pthread_rwlock_tryrdlock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return take(lock, pthread_rwlock_trywrlock);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    lock->HOLDERS = lock->HOLDERS == WRITTEN ? 0 : lock->HOLDERS - 1;
    if (lock->HOLDERS == 0 && lock->WAITERS > 0) {
        pyapp_wake(&lock->HOLDERS, INT_MAX);
    }
    return 0;
}
