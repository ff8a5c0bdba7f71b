/* What clocks.c and poll.c know of signals. */
#ifndef PYAPP_SIGNALS_H
#define PYAPP_SIGNALS_H

#include <stdint.h>

/* The signals that the thread that runs has blocked. */
uint64_t *pyapp_signal_mask(void);

#endif
