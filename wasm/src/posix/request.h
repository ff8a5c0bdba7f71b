/* Asking the host for what preview1 has no call for. */
#ifndef PYAPP_REQUEST_H
#define PYAPP_REQUEST_H

#include <stddef.h>

/* Opens PYAPP_DEVICE<the text>, which is the request; returns the descriptor that answers it, or -1 and errno: that of the
 * request, or ENOSYS if the host has no such device. crates/host/src/preview1/requests.rs lists the requests. */
int pyapp_request(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As pyapp_request, for a request whose descriptor says no more than that it succeeded: returns 0 or -1. */
int pyapp_command(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes a request about a descriptor and reads its answer, a text, into `buffer`; 0 or -1. ERANGE if it is too long. */
int pyapp_ask(const char *what, int fd, char *buffer, size_t size);

/* Reads the answer of a request, a text, into `buffer` and closes it; 0 or -1. ERANGE if it is too long. */
int pyapp_read_answer(int answer, char *buffer, size_t size);

#endif
