/* From the paths that programs use to what preview1 takes: a directory's descriptor and a path relative to it. */
#ifndef PYAPP_PATHS_H
#define PYAPP_PATHS_H

struct place {
    int directory;
    const char *path;
};

/* Finds the place of `path`, seen from `directory` or AT_FDCWD; 0, or -1 and errno. What it points to lives until the second
 * next call, so that two paths may be used together. */
int pyapp_place(int directory, const char *path, struct place *place);

#endif
