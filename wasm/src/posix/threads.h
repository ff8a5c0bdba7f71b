/* What the parts of the thread layer share. */
#ifndef PYAPP_THREADS_H
#define PYAPP_THREADS_H

#include <pthread.h>
#include <stdint.h>

#define FOR_EVER UINT64_MAX

struct pyapp_thread;

/* The thread that runs. */
struct pyapp_thread *pyapp_thread_self(void);

/* The signals that it has blocked; bit 0 is signal 1. */
uint64_t *pyapp_signal_mask(void);

/* Waits while the word is `expected`: 0, ETIMEDOUT, or EINTR when a signal has come. The host looks at the word and begins to
 * wait as one step: no wake in between is lost. */
int pyapp_wait(volatile int *word, int expected, uint64_t nanoseconds);

/* Wakes so many of the threads that wait for this word. */
void pyapp_wake(volatile int *word, unsigned count);

/* What is left until that time of a clock, nanoseconds. */
uint64_t pyapp_until(const struct timespec *time, clockid_t clock);

/* The number by which the host knows a thread, for PYAPP_CALL_INTERRUPT; -1: it has ended, or was never one. */
int64_t pyapp_thread_number_of(pthread_t thread);

#endif
