/* What a file is: its mode, its times, whether it may be used; and making files with a mode.
 *
 * preview1 has no mode bits. The host sends them along in a file's device number (crates/guest/src/preview1/convert.rs),
 * and changes them on request. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <wasi/api.h>
#include <wasi/libc-nocwd.h>
#include <wasi/libc.h>

#include "paths.h"
#include "posix.h"
#include "request.h"

/* In the upper half of a device number: "pyap". Then come 16 bits of st_mode and 16 of the number itself. */
#define MARK 0x70796170u
/* The device number of the archive, which is root's, and nobody can write to. */
#define READ_ONLY_DEVICE 2
/* What the host gives to new files, and what it stands for on hosts that know no modes. */
#define FILE_MODE 0644
#define DIRECTORY_MODE 0755
/* As large as Python's own default: a file's buffer is as large as its blocks are. */
#define BLOCK_SIZE 8192

static mode_t mask = 022;

mode_t umask(mode_t new_mask)
{
    mode_t old = mask;
    mask = new_mask & 0777;
    return old;
}

static struct timespec time_of(__wasi_timestamp_t time)
{
    return (struct timespec){.tv_sec = (time_t)(time / 1000000000), .tv_nsec = (long)(time % 1000000000)};
}

static mode_t type_of(__wasi_filetype_t type)
{
    switch (type) {
    case __WASI_FILETYPE_BLOCK_DEVICE: return S_IFBLK;
    case __WASI_FILETYPE_CHARACTER_DEVICE: return S_IFCHR;
    case __WASI_FILETYPE_DIRECTORY: return S_IFDIR;
    case __WASI_FILETYPE_REGULAR_FILE: return S_IFREG;
    case __WASI_FILETYPE_SOCKET_DGRAM:
    case __WASI_FILETYPE_SOCKET_STREAM: return S_IFSOCK;
    case __WASI_FILETYPE_SYMBOLIC_LINK: return S_IFLNK;
    default: return 0;
    }
}

static void fill(struct stat *out, const __wasi_filestat_t *in)
{
    int is_ours = in->dev >> 32 == MARK;
    mode_t type = type_of(in->filetype);
    mode_t usual = type == S_IFDIR ? DIRECTORY_MODE : type == S_IFLNK ? 0777 : FILE_MODE;
    *out = (struct stat){
        .st_dev = is_ours ? in->dev & 0xffff : in->dev,
        .st_ino = in->ino,
        .st_nlink = in->nlink,
        .st_mode = is_ours ? (in->dev >> 16) & 0xffff : type | usual,
        .st_uid = getuid(),
        .st_gid = getgid(),
        .st_size = (off_t)in->size,
        .st_blksize = BLOCK_SIZE,
        .st_blocks = (blkcnt_t)((in->size + 511) / 512),
        .st_atim = time_of(in->atim),
        .st_mtim = time_of(in->mtim),
        .st_ctim = time_of(in->ctim),
    };
    if (is_ours && out->st_dev == READ_ONLY_DEVICE) {
        out->st_uid = 0;
        out->st_gid = 0;
    }
}

static int done(__wasi_errno_t error)
{
    if (error != 0) {
        errno = error;
        return -1;
    }
    return 0;
}

/* Closes what was only opened for one call; the result of that and its errno stay. */
static int close_behind(int fd, int result)
{
    int error = errno;
    (void)__wasi_fd_close(fd);
    errno = error;
    return result;
}

int fstat(int fd, struct stat *buffer)
{
    __wasi_filestat_t found;
    if (done(__wasi_fd_filestat_get(fd, &found)) != 0) {
        return -1;
    }
    fill(buffer, &found);
    return 0;
}

int fstatat(int directory, const char *restrict path, struct stat *restrict buffer, int flags)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    __wasi_lookupflags_t lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    __wasi_filestat_t found;
    if (done(__wasi_path_filestat_get(place.directory, lookup, place.path, &found)) != 0) {
        return -1;
    }
    fill(buffer, &found);
    return 0;
}

int stat(const char *restrict path, struct stat *restrict buffer)
{
    return fstatat(AT_FDCWD, path, buffer, 0);
}

int lstat(const char *restrict path, struct stat *restrict buffer)
{
    return fstatat(AT_FDCWD, path, buffer, AT_SYMLINK_NOFOLLOW);
}

int faccessat(int directory, const char *path, int mode, int flags)
{
    struct stat found;
    if ((mode & ~(R_OK | W_OK | X_OK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (fstatat(directory, path, &found, flags & AT_SYMLINK_NOFOLLOW) != 0) {
        return -1;
    }
    if ((mode & W_OK) && found.st_dev == READ_ONLY_DEVICE) {
        errno = EROFS;
        return -1;
    }
    mode_t granted = found.st_uid == getuid() ? found.st_mode >> 6 : found.st_mode;
    if ((mode & ~granted) != 0) {
        errno = EACCES;
        return -1;
    }
    return 0;
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}

/* ---- Making files ---- */

/* All that preview1 knows; the host ends a guest that asks for more. Other systems ignore other flags. */
#define KNOWN_FLAGS                                                                                                       \
    (O_ACCMODE | O_CREAT | O_DIRECTORY | O_EXCL | O_TRUNC | O_NOFOLLOW | O_APPEND | O_DSYNC | O_NONBLOCK | O_RSYNC | O_SYNC)

static int open_place(const struct place *place, int flags)
{
    return __wasilibc_nocwd_openat_nomode(place->directory, place->path, flags & KNOWN_FLAGS);
}

static int is_directory(int fd)
{
    __wasi_fdstat_t state;
    return __wasi_fd_fdstat_get(fd, &state) == 0 && state.fs_filetype == __WASI_FILETYPE_DIRECTORY;
}

static int open_with_mode(int directory, const char *path, int flags, mode_t mode)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    /* Elsewhere it is zero, and programs leave it out. */
    if ((flags & O_ACCMODE) == 0) {
        flags |= O_RDONLY;
    }
    mode = mode & 07777 & ~mask;
    if ((flags & O_CREAT) == 0 || mode == FILE_MODE) {
        return open_place(&place, flags);
    }
    /* Only a file that this call makes gets the mode. */
    for (;;) {
        int fd = open_place(&place, flags | O_EXCL);
        if (fd >= 0) {
            /* On a host without modes there is nothing to set. */
            (void)fchmod(fd, mode);
            return fd;
        }
        if (errno != EEXIST || (flags & O_EXCL)) {
            return -1;
        }
        fd = open_place(&place, flags & ~O_CREAT);
        if (fd >= 0 && is_directory(fd)) {
            /* O_CREAT makes files. */
            errno = EISDIR;
            return close_behind(fd, -1);
        }
        if (fd >= 0 || errno != ENOENT) {
            return fd;
        }
        /* A link that leads nowhere is there, and what it leads to is not: O_EXCL would refuse it for ever. */
        struct stat link;
        if (fstatat(directory, path, &link, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(link.st_mode)) {
            fd = open_place(&place, flags);
            if (fd >= 0) {
                (void)fchmod(fd, mode);
            }
            return fd;
        }
    }
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_with_mode(directory, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_with_mode(AT_FDCWD, path, flags, mode);
}

int __wasilibc_open_nomode(const char *path, int flags)
{
    return open_with_mode(AT_FDCWD, path, flags, 0666);
}

int __wasilibc_openat_nomode(int directory, const char *path, int flags)
{
    return open_with_mode(directory, path, flags, 0666);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0 || __wasilibc_nocwd_mkdirat_nomode(place.directory, place.path) != 0) {
        return -1;
    }
    mode = mode & 07777 & ~mask;
    if (mode != DIRECTORY_MODE) {
        (void)fchmodat(directory, path, mode, 0);
    }
    return 0;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

/* ---- Changing what a file is ---- */

int fchmod(int fd, mode_t mode)
{
    struct stat now;
    if (pyapp_command("chmod/%d/%o", fd, (unsigned)(mode & 07777)) == 0) {
        return 0;
    }
    /* Where modes cannot be set, a file has the one that it shows, and may be given it: who copies a file does so. */
    int error = errno;
    if ((error == ENOSYS || error == ENOTSUP) && fstat(fd, &now) == 0 && (now.st_mode & 07777) == (mode & 07777)) {
        return 0;
    }
    errno = error;
    return -1;
}

int fchmodat(int directory, const char *path, mode_t mode, int flags)
{
    struct place place;
    if (flags & AT_SYMLINK_NOFOLLOW) {
        struct stat found;
        if (fstatat(directory, path, &found, AT_SYMLINK_NOFOLLOW) != 0) {
            return -1;
        }
        if (S_ISLNK(found.st_mode)) {
            /* The mode of a link means nothing. */
            errno = EOPNOTSUPP;
            return -1;
        }
    }
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    /* For which no permission is needed. */
    int fd = open_place(&place, O_SEARCH);
    return fd < 0 ? -1 : close_behind(fd, fchmod(fd, mode));
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

/* An ordinary user can only give a file to himself. */
static int expect_self(uid_t user, gid_t group)
{
    if ((user != getuid() && user != (uid_t)-1) || (group != getgid() && group != (gid_t)-1)) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags)
{
    struct stat found;
    return fstatat(directory, path, &found, flags & AT_SYMLINK_NOFOLLOW) != 0 ? -1 : expect_self(user, group);
}

int chown(const char *path, uid_t user, gid_t group)
{
    return fchownat(AT_FDCWD, path, user, group, 0);
}

int lchown(const char *path, uid_t user, gid_t group)
{
    return fchownat(AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t user, gid_t group)
{
    struct stat found;
    return fstat(fd, &found) != 0 ? -1 : expect_self(user, group);
}

int utimensat(int directory, const char *path, const struct timespec times[2], int flags)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_utimensat(place.directory, place.path, times, flags);
}

int utimes(const char *path, const struct timeval times[2])
{
    if (times == NULL) {
        return utimensat(AT_FDCWD, path, NULL, 0);
    }
    struct timespec precise[2];
    for (int i = 0; i < 2; i++) {
        precise[i] = (struct timespec){.tv_sec = times[i].tv_sec, .tv_nsec = times[i].tv_usec * 1000};
    }
    return utimensat(AT_FDCWD, path, precise, 0);
}

/* ---- The file system as a whole ---- */

int fstatvfs(int fd, struct statvfs *buffer)
{
    char answer[128];
    unsigned long long blocks, free_blocks, files, free_files;
    unsigned block_size, read_only;
    if (pyapp_ask("statvfs", fd, answer, sizeof(answer)) != 0) {
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
    int fd = open(path, O_SEARCH);
    return fd < 0 ? -1 : close_behind(fd, fstatvfs(fd, buffer));
}

/* What is written is in the host's hands at once. */
void sync(void)
{
}
