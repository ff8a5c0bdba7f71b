/* POSIX threads. One thread of the program runs at a time: the host hands the program on only inside calls that wait. So what
 * happens here between two calls of the host happens at once, and needs no atomic operations. crates/host/src/threads is the
 * other side. */
#include "threads.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "calls.h"
#include "posix.h"

/* The stack of a thread in C, bytes; never less, whatever is asked for. A trial of deep recursions took between 1 and 2 MiB. */
#define STACK (4u << 20)
#define KEYS 64

struct pyapp_thread {
    /* In the list of all that live, or of those whose memory is to be freed. */
    struct pyapp_thread *next;
    void *(*start)(void *);
    void *argument, *result;
    const void *values[KEYS];
    uint64_t mask;
    uint32_t number;
    volatile int done;
    int detached;
};

static struct pyapp_thread main_thread;
/* NULL: the main thread. */
static _Thread_local struct pyapp_thread *current;
/* But for the main thread. */
static struct pyapp_thread *all;
/* Nobody joins these, and they have ended. A thread cannot free the memory that holds its own stack. */
static struct pyapp_thread *dead;
/* How many have been started, and why the last could not be. */
static uint32_t started;
static int refused;

static struct {
    int used;
    void (*destroy)(void *);
} keys[KEYS];

struct pyapp_thread *pyapp_thread_self(void)
{
    return current != NULL ? current : &main_thread;
}

uint64_t *pyapp_signal_mask(void)
{
    return &pyapp_thread_self()->mask;
}

int pyapp_wait(volatile int *word, int expected, uint64_t nanoseconds)
{
    int error = pyapp_call(PYAPP_CALL_WAIT, pyapp_pair(word, (uint32_t)expected), nanoseconds);
    if (error == ENOSYS) {
        /* There is nobody who could wake us: time passes, if there is any to wait for. */
        if (nanoseconds == FOR_EVER) {
            abort();
        }
        struct timespec rest = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
        nanosleep(&rest, NULL);
        return ETIMEDOUT;
    }
    return error == EAGAIN ? 0 : error;
}

void pyapp_wake(volatile int *word, unsigned count)
{
    (void)pyapp_call(PYAPP_CALL_WAKE, pyapp_pair(word, count), 0);
}

uint64_t pyapp_until(const struct timespec *time, clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    int64_t seconds = time->tv_sec - now.tv_sec;
    if (seconds > INT64_MAX / 1000000000 - 1) {
        return FOR_EVER - 1;
    }
    int64_t nanoseconds = seconds * 1000000000 + (time->tv_nsec - now.tv_nsec);
    return nanoseconds < 0 ? 0 : (uint64_t)nanoseconds;
}

int sched_yield(void)
{
    (void)pyapp_call(PYAPP_CALL_YIELD, 0, 0);
    return 0;
}

/* What the host has reused by then it does not look at any more: see patches/cpython/fence.patch. */
void pyapp_fence(void)
{
    (void)pyapp_call(PYAPP_CALL_FENCE, 0, 0);
}

unsigned long pyapp_native_id(void)
{
    /* As on Linux, the main thread has the process's number. */
    return (unsigned long)getpid() + pyapp_thread_self()->number;
}

/* ---- Life ---- */

static void free_dead(void)
{
    while (dead != NULL) {
        struct pyapp_thread *thread = dead;
        dead = thread->next;
        free(thread);
    }
}

static void remove_from_all(struct pyapp_thread *thread)
{
    for (struct pyapp_thread **place = &all; *place != NULL; place = &(*place)->next) {
        if (*place == thread) {
            *place = thread->next;
            return;
        }
    }
}

static void finish(struct pyapp_thread *thread)
{
    for (int i = 0; i < KEYS; i++) {
        void *value = (void *)thread->values[i];
        if (value != NULL && keys[i].used && keys[i].destroy != NULL) {
            thread->values[i] = NULL;
            keys[i].destroy(value);
        }
    }
    thread->done = 1;
    remove_from_all(thread);
    if (thread->detached) {
        thread->next = dead;
        dead = thread;
    } else {
        pyapp_wake(&thread->done, INT_MAX);
    }
}

/* Called by the host, in an instance of its own. */
void __attribute__((export_name(PYAPP_EXPORT_THREAD))) pyapp_thread(struct pyapp_thread *thread)
{
    current = thread;
    thread->result = thread->start(thread->argument);
    finish(thread);
}

int pthread_create(pthread_t *restrict id, const pthread_attr_t *restrict attributes, void *(*start)(void *),
                   void *restrict argument)
{
    free_dead();
    size_t asked = attributes != NULL ? attributes->__u.__s[0] : 0;
    size_t head = (sizeof(struct pyapp_thread) + 15) & ~(size_t)15;
    refused = EAGAIN;
    if (asked > SIZE_MAX / 4) {
        return refused;
    }
    /* A page in it is the host's: who gets there has used all of the stack. */
    size_t size = ((asked > STACK ? asked : STACK) + 2 * PYAPP_GUARD + 15) & ~(size_t)15;
    struct pyapp_thread *thread = aligned_alloc(16, head + size);
    if (thread == NULL) {
        return refused;
    }
    *thread = (struct pyapp_thread){.start = start, .argument = argument, .mask = *pyapp_signal_mask(), .number = ++started};
    char *stack = (char *)thread + head;
    refused = pyapp_call(PYAPP_CALL_SPAWN, pyapp_pair(thread, (uint32_t)(uintptr_t)(stack + size)),
                         pyapp_pair(stack, thread->number));
    if (refused != 0) {
        free(thread);
        return refused;
    }
    thread->next = all;
    all = thread;
    *id = (pthread_t)thread;
    return 0;
}

const char *pyapp_why_no_thread(void)
{
    switch (refused) {
    case ENOTSUP:
        return "can't start new thread while the build makes the snapshot: a thread does not outlive it; start it when it is first needed";
    case ENOSYS:
        return "can't start new thread: this host has none";
    default:
        return "can't start new thread";
    }
}

int pthread_detach(pthread_t id)
{
    struct pyapp_thread *thread = (struct pyapp_thread *)id;
    thread->detached = 1;
    if (thread->done) {
        thread->next = dead;
        dead = thread;
    }
    return 0;
}

int pthread_join(pthread_t id, void **result)
{
    struct pyapp_thread *thread = (struct pyapp_thread *)id;
    while (!thread->done) {
        (void)pyapp_wait(&thread->done, 0, FOR_EVER);
    }
    if (result != NULL) {
        *result = thread->result;
    }
    thread->next = dead;
    dead = thread;
    return 0;
}

pthread_t (pthread_self)(void)
{
    return (pthread_t)pyapp_thread_self();
}

_Noreturn void pthread_exit(void *result)
{
    pyapp_thread_self()->result = result;
    finish(pyapp_thread_self());
    (void)pyapp_call(PYAPP_CALL_EXIT, 0, 0);
    abort();
}

int64_t pyapp_thread_number_of(pthread_t id)
{
    if ((struct pyapp_thread *)id == &main_thread) {
        return 0;
    }
    for (struct pyapp_thread *thread = all; thread != NULL; thread = thread->next) {
        if (thread == (struct pyapp_thread *)id) {
            return thread->number;
        }
    }
    return -1;
}

int pthread_attr_init(pthread_attr_t *attributes)
{
    memset(attributes, 0, sizeof(*attributes));
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
    if (size < PTHREAD_STACK_MIN) {
        return EINVAL;
    }
    attributes->__u.__s[0] = size;
    return 0;
}

/* ---- Values of a thread ---- */

int pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    for (unsigned i = 0; i < KEYS; i++) {
        if (!keys[i].used) {
            keys[i].used = 1;
            keys[i].destroy = destroy;
            *key = i;
            return 0;
        }
    }
    return EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
    if (key >= KEYS || !keys[key].used) {
        return EINVAL;
    }
    keys[key].used = 0;
    /* Whoever gets this key next finds no values of others. */
    main_thread.values[key] = NULL;
    for (struct pyapp_thread *thread = all; thread != NULL; thread = thread->next) {
        thread->values[key] = NULL;
    }
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return (void *)pyapp_thread_self()->values[key];
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= KEYS || !keys[key].used) {
        return EINVAL;
    }
    pyapp_thread_self()->values[key] = value;
    return 0;
}

int pthread_once(pthread_once_t *once, void (*initialize)(void))
{
    if (*once == 0) {
        *once = 1;
        initialize();
    }
    return 0;
}
