/* Whether the POSIX layer takes what another host says as that host means it. The calls of preview1 that are asked here are
 * defined by this program itself, in place of the imports: they answer with device numbers, some of which are ours.
 *
 * Linked as python.wasm is, with the same libraries. tests/runtime.rs runs it; it ends with status 0, or says what is wrong
 * and ends with 1. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

#include "abi.h"

#define OURS(mode, number) ((__wasi_device_t)PYAPP_DEVICE_MARK << 32 | (__wasi_device_t)(mode) << 16 | (number))

/* What the next file is said to be on. */
static __wasi_device_t device;

static int32_t answer(int32_t place)
{
    __wasi_filestat_t file = {.dev = device, .ino = 7, .filetype = __WASI_FILETYPE_REGULAR_FILE, .nlink = 1};
    memcpy((void *)place, &file, sizeof(file));
    return 0;
}

/* As wasi-libc declares these imports. */
int32_t __imported_wasi_snapshot_preview1_path_filestat_get(int32_t, int32_t, int32_t, int32_t, int32_t);
int32_t __imported_wasi_snapshot_preview1_fd_filestat_get(int32_t, int32_t);

int32_t __imported_wasi_snapshot_preview1_path_filestat_get(int32_t fd, int32_t flags, int32_t path, int32_t size, int32_t at)
{
    (void)fd, (void)flags, (void)path, (void)size;
    return answer(at);
}

int32_t __imported_wasi_snapshot_preview1_fd_filestat_get(int32_t fd, int32_t at)
{
    (void)fd;
    return answer(at);
}

static void expect(int holds, const char *what)
{
    if (!holds) {
        printf("expected %s; device %llx\n", what, (unsigned long long)device);
        exit(1);
    }
}

/* On another host all belongs to the user, and may be read and written; its device numbers are its own. */
static void expect_foreign(__wasi_device_t number)
{
    struct stat by_path, by_descriptor;
    device = number;
    expect(stat("/file", &by_path) == 0 && fstat(0, &by_descriptor) == 0, "a file");
    expect(by_path.st_dev == number && by_descriptor.st_dev == number, "the number as it is");
    expect(by_path.st_uid == getuid() && by_path.st_gid == getgid(), "a file of the user");
    expect(by_path.st_mode == (S_IFREG | 0644) && by_descriptor.st_mode == by_path.st_mode, "the usual mode");
    expect(access("/file", R_OK | W_OK) == 0, "a file that may be written");
    expect(access("/file", X_OK) != 0 && errno == EACCES, "a file that is no program");
}

int main(void)
{
    for (__wasi_device_t number = 0; number < 10; number++) {
        expect_foreign(number);
        expect_foreign((__wasi_device_t)0100444 << 16 | number);
        expect_foreign((__wasi_device_t)(PYAPP_DEVICE_MARK + 1) << 32 | number);
    }

    struct stat found;
    device = OURS(S_IFREG | 0444, PYAPP_READ_ONLY_DEVICE);
    expect(stat("/file", &found) == 0 && found.st_uid == 0 && found.st_mode == (S_IFREG | 0444), "a file of root's");
    expect(found.st_dev == PYAPP_READ_ONLY_DEVICE, "the number alone");
    expect(access("/file", W_OK) != 0 && errno == EROFS, "EROFS");
    expect(access("/file", R_OK) == 0, "a file that may be read");

    device = OURS(S_IFREG | 0400, PYAPP_READ_ONLY_DEVICE + 1);
    expect(stat("/file", &found) == 0 && found.st_uid == getuid(), "a file of the user's");
    expect(access("/file", R_OK) == 0, "a file that the user may read");
    expect(access("/file", W_OK) != 0 && errno == EACCES, "EACCES");
    printf("done\n");
    return 0;
}
