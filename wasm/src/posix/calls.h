/* Calls of the host that preview1 has no name for, and the memory that both sides look at. */
#ifndef PYAPP_CALLS_H
#define PYAPP_CALLS_H

#include <stdint.h>

/* Where the host finds what it has to know of a program with threads. crates/host/src/threads/control.rs reads it: the order
 * and the sizes of the fields are known on both sides. */
struct pyapp_control {
    /* What each thread has a copy of: the variables that are thread-local, and errno. */
    void *own;
    uint32_t own_size;
    int *error;
    /* Where the interpreter notes the thread state that is current, and the offset in it of the word whose bit
     * PYAPP_ATTENTION_BIT makes the interpreter call pyapp_attend(). */
    void *state;
    uint32_t breaker;
    /* Set by the host with that bit; it stays when there is no current thread state. */
    volatile unsigned *attention;
    /* Signals: what has come (written in PYAPP_CALL_YIELD), and what the process was started ignoring. Bit 0 is signal 1. */
    uint64_t signals;
    uint64_t ignored;
};
extern struct pyapp_control pyapp_control;

/* Makes a call; 0 or an errno. ENOSYS: the host knows none of them. */
int pyapp_call(int call, uint64_t first, uint64_t second);

/* An address and a number as one argument of a call. */
static inline uint64_t pyapp_pair(const volatile void *address, uint32_t number)
{
    return (uint32_t)(uintptr_t)address | (uint64_t)number << 32;
}

#endif
