/* See request.h. */
#include "request.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>

#include "abi.h"

static int request(const char *format, va_list arguments)
{
    /* One request holds a path. */
    char path[sizeof(PYAPP_DEVICE) + PATH_MAX + 32] = PYAPP_DEVICE;
    vsnprintf(path + sizeof(PYAPP_DEVICE) - 1, sizeof(path) - sizeof(PYAPP_DEVICE), format, arguments);
    const char *prefix, *relative;
    int directory = __wasilibc_find_abspath(path, &prefix, &relative);
    if (directory < 0) {
        errno = ENOSYS;
        return -1;
    }
    /* Our host does not look at the rights. One whose `/` is read-only would refuse to open anything for writing, and not say
     * that it finds nothing there. */
    __wasi_fd_t fd;
    __wasi_errno_t error = __wasi_path_open(directory, 0, relative, 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd);
    if (error != 0) {
        /* A host without the device finds nothing there; ours answers every request with another errno. */
        errno = error == ENOENT ? ENOSYS : error;
        return -1;
    }
    return (int)fd;
}

int pyapp_request(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int fd = request(format, arguments);
    va_end(arguments);
    return fd;
}

int pyapp_command(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int fd = request(format, arguments);
    va_end(arguments);
    if (fd < 0) {
        return -1;
    }
    return __wasi_fd_close(fd) == 0 ? 0 : -1;
}

int pyapp_read_answer(int answer, char *buffer, size_t size)
{
    __wasi_iovec_t place = {.buf = (uint8_t *)buffer, .buf_len = size - 1};
    size_t length = 0;
    __wasi_errno_t error = __wasi_fd_read(answer, &place, 1, &length);
    (void)__wasi_fd_close(answer);
    if (error != 0 || length == size - 1) {
        errno = error != 0 ? error : ERANGE;
        return -1;
    }
    buffer[length] = '\0';
    return 0;
}

int pyapp_ask(const char *what, int fd, char *buffer, size_t size)
{
    int answer = pyapp_request("%s/%d", what, fd);
    return answer < 0 ? -1 : pyapp_read_answer(answer, buffer, size);
}
