/* Terminals: their settings and size, which the host knows, and ioctl(), of which there is little else. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wasi/api.h>

#include "abi.h"
#include "posix.h"
#include "request.h"

/* What the host tells of a terminal. */
struct state {
    unsigned input, output, control, local;
    /* Of c_cc, as many as have a meaning. */
    unsigned char codes[PYAPP_TERMINAL_CODES];
    unsigned rows, columns;
};

static int look(int fd, struct state *state)
{
    char answer[256];
    int used;
    if (pyapp_ask(PYAPP_REQUEST_TERMINAL, fd, answer, sizeof(answer)) != 0) {
        /* A host that knows nothing of terminals has none. */
        errno = errno == ENOSYS ? ENOTTY : errno;
        return -1;
    }
    if (sscanf(answer, "%u %u %x %x %x %x%n", &state->rows, &state->columns, &state->input, &state->output,
               &state->control, &state->local, &used) != 6) {
        errno = EIO;
        return -1;
    }
    const char *at = answer + used;
    for (int i = 0; i < PYAPP_TERMINAL_CODES; i++) {
        unsigned code;
        if (sscanf(at, " %x%n", &code, &used) != 1) {
            errno = EIO;
            return -1;
        }
        state->codes[i] = (unsigned char)code;
        at += used;
    }
    return 0;
}

int tcgetattr(int fd, struct termios *settings)
{
    struct state state;
    if (look(fd, &state) != 0) {
        return -1;
    }
    *settings = (struct termios){
        .c_iflag = state.input,
        .c_oflag = state.output,
        .c_cflag = state.control,
        .c_lflag = state.local,
        .__c_ispeed = state.control & CBAUD,
        .__c_ospeed = state.control & CBAUD,
    };
    memcpy(settings->c_cc, state.codes, PYAPP_TERMINAL_CODES);
    return 0;
}

int tcsetattr(int fd, int when, const struct termios *settings)
{
    char codes[2 * PYAPP_TERMINAL_CODES + 1];
    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < PYAPP_TERMINAL_CODES; i++) {
        snprintf(codes + 2 * i, 3, "%02x", settings->c_cc[i]);
    }
    int result = pyapp_command(PYAPP_REQUEST_TERMINAL "/%d/%d/%x/%x/%x/%x/%s", fd, when, settings->c_iflag, settings->c_oflag,
                               settings->c_cflag, settings->c_lflag, codes);
    if (result != 0 && errno == ENOSYS) {
        errno = ENOTTY;
    }
    return result;
}

speed_t cfgetospeed(const struct termios *settings)
{
    return settings->c_cflag & CBAUD;
}

speed_t cfgetispeed(const struct termios *settings)
{
    return cfgetospeed(settings);
}

int cfsetospeed(struct termios *settings, speed_t speed)
{
    if (speed & ~CBAUD) {
        errno = EINVAL;
        return -1;
    }
    settings->c_cflag = (settings->c_cflag & ~CBAUD) | speed;
    return 0;
}

int cfsetispeed(struct termios *settings, speed_t speed)
{
    return speed == 0 ? 0 : cfsetospeed(settings, speed);
}

/* What is only about lines and queues succeeds on a terminal without doing anything. */
static int expect_terminal(int fd)
{
    struct state state;
    return look(fd, &state);
}

int tcdrain(int fd) { return expect_terminal(fd); }

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return expect_terminal(fd);
}

int tcflush(int fd, int queue)
{
    (void)queue;
    return expect_terminal(fd);
}

int tcflow(int fd, int action)
{
    (void)action;
    return expect_terminal(fd);
}

static int window_size(int fd, struct winsize *size)
{
    struct state state;
    if (look(fd, &state) != 0) {
        return -1;
    }
    *size = (struct winsize){.ws_row = (unsigned short)state.rows, .ws_col = (unsigned short)state.columns};
    return 0;
}

/* How much can be read at once, as far as the host says. */
static int readable(int fd, int *bytes)
{
    __wasi_subscription_t subscriptions[2] = {
        {.u.tag = __WASI_EVENTTYPE_FD_READ, .u.u.fd_read.file_descriptor = fd},
        {.u.tag = __WASI_EVENTTYPE_CLOCK, .u.u.clock.id = __WASI_CLOCKID_MONOTONIC},
    };
    __wasi_event_t events[2];
    size_t told;
    __wasi_errno_t error = __wasi_poll_oneoff(subscriptions, events, 2, &told);
    if (error != 0) {
        errno = error;
        return -1;
    }
    *bytes = 0;
    for (size_t i = 0; i < told; i++) {
        if (events[i].type == __WASI_EVENTTYPE_FD_READ && events[i].error == 0) {
            *bytes = (int)events[i].fd_readwrite.nbytes;
        }
    }
    return 0;
}

int ioctl(int fd, int request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    switch (request) {
    case TIOCGWINSZ:
        return window_size(fd, argument);
    case FIONREAD:
        return readable(fd, argument);
    case FIONBIO: {
        int flags = fcntl(fd, F_GETFL);
        return flags < 0 ? -1 : fcntl(fd, F_SETFL, *(int *)argument ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }
    default:
        errno = ENOTTY;
        return -1;
    }
}
