/* The file system as a whole. */
#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "abi.h"
#include "paths.h"
#include "posix.h"
#include "request.h"

int fstatvfs(int fd, struct statvfs *buffer)
{
    char answer[128];
    unsigned long long blocks, free_blocks, files, free_files;
    unsigned block_size, read_only;
    if (pyapp_ask(PYAPP_REQUEST_STATVFS, fd, answer, sizeof(answer)) != 0) {
        return -1;
    }
    if (sscanf(answer, "%u %llu %llu %llu %llu %u", &block_size, &blocks, &free_blocks, &files, &free_files,
               &read_only) != 6) {
        errno = EIO;
        return -1;
    }
    *buffer = (struct statvfs){
        .f_bsize = block_size,
        .f_frsize = block_size,
        .f_blocks = blocks,
        .f_bfree = free_blocks,
        .f_bavail = free_blocks,
        .f_files = files,
        .f_ffree = free_files,
        .f_favail = free_files,
        .f_flag = read_only ? ST_RDONLY : 0,
        .f_namemax = 255,
    };
    return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict buffer)
{
    struct place place;
    if (pyapp_place(AT_FDCWD, path, &place) != 0) {
        return -1;
    }
    int fd = pyapp_open_place(&place, O_SEARCH);
    return fd < 0 ? -1 : pyapp_close_behind(fd, fstatvfs(fd, buffer));
}

/* What is written is in the host's hands at once. */
void sync(void)
{
}
