/* Whether error numbers are Linux's, whoever sets them: the host's answers, the C library, the POSIX layer. The numbers are
 * written out here.
 *
 * Linked as python.wasm is, with the same libraries. tests/runtime.rs runs it on our host and on another; it ends with status
 * 0, or says what is wrong and ends with 1. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

/* In the order of WASI's numbers; the last is ENOTCAPABLE there, and EPERM here. */
static const int numbers[] = {
    0, 7, 13, 98, 99, 97, 11, 114, 9, 74, 16, 125, 10, 103, 111, 104, 35, 89, 33, 122, 17, 14, 27, 113, 43,
    84, 115, 4, 22, 5, 106, 21, 40, 24, 31, 90, 72, 36, 100, 102, 101, 23, 105, 19, 2, 8, 37, 67, 12, 42, 92,
    28, 38, 107, 20, 39, 131, 88, 95, 25, 6, 75, 130, 1, 32, 71, 93, 91, 34, 30, 29, 3, 116, 110, 26, 18, 1,
};

/* In place of the import: what the host is taken to answer. */
static int32_t host_says;
int32_t __imported_wasi_snapshot_preview1_fd_sync(int32_t);
int32_t __imported_wasi_snapshot_preview1_fd_sync(int32_t fd)
{
    (void)fd;
    return host_says;
}

static void expect(const char *what, int found, int expected)
{
    if (found != expected) {
        printf("%s: expected %d, found %d (%s)\n", what, expected, found, strerror(found));
        exit(1);
    }
}

#define FAILS(expression, number) \
    do { \
        errno = 0; \
        (void)(expression); \
        expect(#expression, errno, number); \
    } while (0)

int main(void)
{
    const int count = (int)(sizeof(numbers) / sizeof(numbers[0]));
    for (host_says = 0; host_says < count; host_says++) {
        expect("an answer of the host", __wasi_fd_sync(0), numbers[host_says]);
    }
    /* WASI has no more of them. */
    for (; host_says < 300; host_says++) {
        expect("an unknown answer of the host", __wasi_fd_sync(0), 5);
    }

    FAILS(strtol("99999999999999999999", NULL, 10), 34);
    FAILS(isatty(99), 9);
    FAILS(lseek(99, 0, SEEK_SET), 9);
    FAILS(kill(getpid(), 999), 22);

    FAILS(open("/missing", O_RDONLY), 2);
    expect("a file", close(open("/file", O_RDWR | O_CREAT, 0666)), 0);
    int file = open("/file", O_RDONLY);
    FAILS(write(file, "x", 1), 9);
    FAILS(isatty(file), 25);
    FAILS(lseek(file, -1, SEEK_SET), 22);
    FAILS(open("/file/x", O_RDONLY), 20);
    FAILS(open("/file", O_RDWR | O_CREAT | O_EXCL, 0666), 17);
    expect("a folder", mkdir("/folder", 0777) | mkdir("/folder/inner", 0777), 0);
    FAILS(mkdir("/folder", 0777), 17);
    FAILS(rmdir("/folder"), 39);
    FAILS(open("/folder", O_WRONLY), 21);
    FAILS(symlink("x", "/x") | open("/x", O_RDONLY | O_NOFOLLOW), 40);
    printf("done\n");
    return 0;
}
