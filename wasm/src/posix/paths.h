/* From the paths that programs use to what preview1 takes: a directory's descriptor and a path relative to it. */
#ifndef PYAPP_PATHS_H
#define PYAPP_PATHS_H

#include <limits.h>

struct place {
    int directory;
    const char *path;
    /* What `path` may point into. */
    char buffer[PATH_MAX];
};

/* Finds the place of `path`, seen from `directory` or AT_FDCWD; 0, or -1 and errno. It is good as long as `path` is, and must
 * not be copied. */
int pyapp_place(int directory, const char *path, struct place *place);

/* Opens a place with the flags of open(), those that preview1 does not know left out; makes no file with a mode. */
int pyapp_open_place(const struct place *place, int flags);

/* Closes what was only opened for one call; gives back `result`, the result of that call, and its errno stays. */
int pyapp_close_behind(int fd, int result);

#endif
