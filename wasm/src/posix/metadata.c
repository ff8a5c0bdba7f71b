/* What a file is: its mode, its owner, its times, and whether it may be used.
 *
 * preview1 has no mode bits, owners and blocks. The host sends them along in a file's device number and number of links
 * (crates/host/src/abi.rs), and changes modes on request. */
#include <errno.h>
#include <stdio.h>
#include <wasi/api.h>
#include <wasi/libc-nocwd.h>

#include "abi.h"
#include "paths.h"
#include "posix.h"
#include "request.h"

/* As large as Python's own default: a file's buffer is as large as its blocks are. */
#define BLOCK_SIZE 8192

/* What the host says of a file's owner and mode. On a host that knows neither, all belongs to the user and has usual modes,
 * whatever its device numbers are. */
struct ownership {
    dev_t device;
    mode_t mode;
    uid_t user;
    gid_t group;
    /* Nobody can write to it, whatever its mode is: a file of the archive, or one that may only be read. */
    int is_read_only;
    /* Of 512 bytes; -1 if nobody knows. */
    blkcnt_t blocks;
};

static struct timespec time_of(__wasi_timestamp_t time)
{
    /* Signed: files may be older than 1970. */
    long long seconds = (long long)time / 1000000000, rest = (long long)time % 1000000000;
    if (rest < 0) {
        seconds -= 1;
        rest += 1000000000;
    }
    return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)rest};
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

/* What a number that stands for a device of the host stands for. It never changes, so what was told is kept. */
static struct ownership owner_of(unsigned number)
{
    static struct ownership known[32];
    static char is_known[sizeof(known) / sizeof(known[0])];
    unsigned place = number - PYAPP_FIRST_HOST_DEVICE;
    int fits = place < sizeof(known) / sizeof(known[0]);
    if (fits && is_known[place]) {
        return known[place];
    }
    struct ownership owner = {.device = number, .user = getuid(), .group = getgid()};
    char answer[80];
    unsigned long long device;
    unsigned user, group, is_read_only;
    if (pyapp_ask(PYAPP_REQUEST_OWNER, (int)number, answer, sizeof(answer)) == 0 &&
        sscanf(answer, "%llu %u %u %u", &device, &user, &group, &is_read_only) == 4) {
        owner = (struct ownership){.device = device, .user = user, .group = group, .is_read_only = (int)is_read_only};
        if (fits) {
            known[place] = owner;
            is_known[place] = 1;
        }
    }
    return owner;
}

/* The one place that knows what a device number holds. */
static struct ownership ownership_of(const __wasi_filestat_t *file)
{
    mode_t type = type_of(file->filetype);
    struct ownership owner = {.device = file->dev, .user = getuid(), .group = getgid(), .blocks = -1};
    if (file->dev >> 32 != PYAPP_DEVICE_MARK) {
        owner.mode = type | (type == S_IFDIR ? PYAPP_DIRECTORY_MODE : type == S_IFLNK ? 0777 : PYAPP_FILE_MODE);
        return owner;
    }
    unsigned number = file->dev & 0xffff;
    if (number >= PYAPP_FIRST_HOST_DEVICE) {
        owner = owner_of(number);
        owner.blocks = (blkcnt_t)(file->nlink >> 32);
    } else {
        owner.device = number;
        if (number == PYAPP_READ_ONLY_DEVICE) {
            owner.is_read_only = 1;
            owner.user = owner.group = 0;
        }
    }
    owner.mode = (file->dev >> 16) & 0xffff;
    return owner;
}

static void fill(struct stat *out, const __wasi_filestat_t *in)
{
    struct ownership ownership = ownership_of(in);
    *out = (struct stat){
        .st_dev = ownership.device,
        .st_ino = in->ino,
        .st_nlink = ownership.blocks < 0 ? in->nlink : in->nlink & 0xffffffff,
        .st_mode = ownership.mode,
        .st_uid = ownership.user,
        .st_gid = ownership.group,
        .st_size = (off_t)in->size,
        .st_blksize = BLOCK_SIZE,
        .st_blocks = ownership.blocks < 0 ? (blkcnt_t)((in->size + 511) / 512) : ownership.blocks,
        .st_atim = time_of(in->atim),
        .st_mtim = time_of(in->mtim),
        .st_ctim = time_of(in->ctim),
    };
}

static int done(__wasi_errno_t error)
{
    if (error != 0) {
        errno = error;
        return -1;
    }
    return 0;
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

/* What the host says of what a path leads to. */
static int look_at(int directory, const char *path, int flags, __wasi_filestat_t *found)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    __wasi_lookupflags_t lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    return done(__wasi_path_filestat_get(place.directory, lookup, place.path, found));
}

int fstatat(int directory, const char *restrict path, struct stat *restrict buffer, int flags)
{
    __wasi_filestat_t found;
    if (look_at(directory, path, flags, &found) != 0) {
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

/* Whether the host lets a file of its own be used. */
static int ask_for_access(int directory, const char *path, int mode)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    /* For which no permission is needed. */
    int fd = pyapp_open_place(&place, O_SEARCH);
    return fd < 0 ? -1 : pyapp_close_behind(fd, pyapp_command(PYAPP_REQUEST_ACCESS "/%d/%o", fd, (unsigned)mode));
}

int faccessat(int directory, const char *path, int mode, int flags)
{
    __wasi_filestat_t found;
    if ((mode & ~(R_OK | W_OK | X_OK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (look_at(directory, path, flags, &found) != 0) {
        return -1;
    }
    struct ownership ownership = ownership_of(&found);
    if (found.dev >> 32 == PYAPP_DEVICE_MARK && (found.dev & 0xffff) >= PYAPP_FIRST_HOST_DEVICE && !S_ISLNK(ownership.mode)) {
        /* Groups, lists of who may, and who is root are the host's affair. */
        int result = ask_for_access(directory, path, mode);
        if (result == 0 || errno != ENOSYS) {
            return result;
        }
    }
    if ((mode & W_OK) && ownership.is_read_only) {
        errno = EROFS;
        return -1;
    }
    int is_own = ownership.user == getuid(), is_groups = ownership.group == getgid();
    mode_t granted = is_own ? ownership.mode >> 6 : is_groups ? ownership.mode >> 3 : ownership.mode;
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

/* ---- Changing what a file is ---- */

int fchmod(int fd, mode_t mode)
{
    struct stat now;
    if (pyapp_command(PYAPP_REQUEST_CHMOD "/%d/%o", fd, (unsigned)(mode & 07777)) == 0) {
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
    int fd = pyapp_open_place(&place, O_SEARCH);
    return fd < 0 ? -1 : pyapp_close_behind(fd, fchmod(fd, mode));
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

/* An ordinary user can only give a file to himself, and only where files can be changed. */
static int expect_self(const __wasi_filestat_t *file, uid_t user, gid_t group)
{
    if (ownership_of(file).is_read_only) {
        errno = EROFS;
        return -1;
    }
    if ((user != getuid() && user != (uid_t)-1) || (group != getgid() && group != (gid_t)-1)) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags)
{
    __wasi_filestat_t found;
    return look_at(directory, path, flags, &found) != 0 ? -1 : expect_self(&found, user, group);
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
    __wasi_filestat_t found;
    return done(__wasi_fd_filestat_get(fd, &found)) != 0 ? -1 : expect_self(&found, user, group);
}

/* Times to be set, as preview1 has them. */
struct new_times {
    __wasi_timestamp_t accessed, modified;
    __wasi_fstflags_t flags;
};

/* One of two times. As in `time_of` it is signed; wasi-libc refuses times before 1970. */
static int new_time_of(const struct timespec *time, __wasi_timestamp_t *out, __wasi_fstflags_t *flags, __wasi_fstflags_t set,
                       __wasi_fstflags_t now)
{
    long long nanoseconds = 0;
    *out = 0;
    if (time == NULL || time->tv_nsec == UTIME_NOW) {
        *flags |= now;
        return 0;
    }
    if (time->tv_nsec == UTIME_OMIT) {
        return 0;
    }
    if (time->tv_nsec < 0 || time->tv_nsec >= 1000000000 ||
        __builtin_mul_overflow((long long)time->tv_sec, 1000000000LL, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, (long long)time->tv_nsec, &nanoseconds)) {
        errno = EINVAL;
        return -1;
    }
    *out = (__wasi_timestamp_t)nanoseconds;
    *flags |= set;
    return 0;
}

static int new_times_of(const struct timespec times[2], struct new_times *out)
{
    out->flags = 0;
    if (new_time_of(times, &out->accessed, &out->flags, __WASI_FSTFLAGS_ATIM, __WASI_FSTFLAGS_ATIM_NOW) != 0) {
        return -1;
    }
    return new_time_of(times ? &times[1] : NULL, &out->modified, &out->flags, __WASI_FSTFLAGS_MTIM, __WASI_FSTFLAGS_MTIM_NOW);
}

int utimensat(int directory, const char *path, const struct timespec times[2], int flags)
{
    struct place place;
    struct new_times new;
    if (pyapp_place(directory, path, &place) != 0 || new_times_of(times, &new) != 0) {
        return -1;
    }
    __wasi_lookupflags_t lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    return done(__wasi_path_filestat_set_times(place.directory, lookup, place.path, new.accessed, new.modified, new.flags));
}

int futimens(int fd, const struct timespec times[2])
{
    struct new_times new;
    if (new_times_of(times, &new) != 0) {
        return -1;
    }
    return done(__wasi_fd_filestat_set_times(fd, new.accessed, new.modified, new.flags));
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
