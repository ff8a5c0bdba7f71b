/* Pipes, and what is made as they are. */
#ifndef PYAPP_PIPES_H
#define PYAPP_PIPES_H

/* Makes what a request without arguments makes, and gets its other end; `flags` are set on both. 0 or -1. */
int pyapp_pair(const char *what, int flags, int ends[2]);

#endif
