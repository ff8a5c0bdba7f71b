/* What the parts of the socket layer share. */
#ifndef PYAPP_SOCKETS_H
#define PYAPP_SOCKETS_H

/* Whether a descriptor is one of a pair, asked after the host has refused a request about it that only sockets of a network answer.
 * If not, errno says what is wrong: what the host has said, ENOTSOCK or EBADF. */
int pyapp_is_pair(int fd);

#endif
