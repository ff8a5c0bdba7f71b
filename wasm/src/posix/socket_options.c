/* Options of sockets. The host has them; level and name are Linux's numbers, and so are the values. Options of a pair can be set,
 * and change nothing. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "abi.h"
#include "posix.h"
#include "request.h"
#include "sockets.h"

/* A time as programs write it that take a long for four bytes. */
struct short_time {
    int seconds, microseconds;
};

static int is_time(int level, int name)
{
    return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO);
}

/* Options that are no numbers, none of which there is: texts, and groups of receivers. */
static int is_no_number(int level, int name)
{
    return (level == IPPROTO_TCP && (name == TCP_CONGESTION || name == TCP_ULP || name == TCP_INFO)) ||
           (level == IPPROTO_IP && (name == IP_MULTICAST_IF || name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)) ||
           (level == IPPROTO_IPV6 && (name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP));
}

/* The longest value: two numbers of 64 bits. */
#define VALUE 48

/* A value of two numbers; 0 or EINVAL. */
static int write_two(int level, int name, const void *value, socklen_t size, char text[VALUE])
{
    struct timeval time;
    struct short_time short_time;
    struct linger linger;
    if (!is_time(level, name)) {
        if (size < sizeof(linger)) {
            return EINVAL;
        }
        memcpy(&linger, value, sizeof(linger));
        sprintf(text, "%d/%d", linger.l_onoff, linger.l_linger);
    } else if (size >= sizeof(time)) {
        memcpy(&time, value, sizeof(time));
        sprintf(text, "%lld/%lld", (long long)time.tv_sec, (long long)time.tv_usec);
    } else if (size >= sizeof(short_time)) {
        memcpy(&short_time, value, sizeof(short_time));
        sprintf(text, "%d/%d", short_time.seconds, short_time.microseconds);
    } else {
        return EINVAL;
    }
    return 0;
}

/* A value as requests have it; 0 or an errno. */
static int write_value(int level, int name, const void *value, socklen_t size, char text[VALUE])
{
    int number;
    if (is_time(level, name) || (level == SOL_SOCKET && name == SO_LINGER)) {
        return write_two(level, name, value, size, text);
    }
    if (size >= sizeof(number)) {
        memcpy(&number, value, sizeof(number));
    } else if (size > 0 && (level == IPPROTO_IP || level == IPPROTO_IPV6)) {
        /* Of these the first byte is enough. */
        number = *(const unsigned char *)value;
    } else {
        return EINVAL;
    }
    sprintf(text, "%d", number);
    return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    char text[VALUE];
    int error = is_no_number(level, name) ? ENOPROTOOPT : value == NULL ? EFAULT : write_value(level, name, value, size, text);
    if (error != 0) {
        errno = error;
        return -1;
    }
    int result = pyapp_command(PYAPP_REQUEST_OPTION "/%d/%d/%d/%s", fd, level, name, text);
    if (result == 0 || !pyapp_is_pair(fd)) {
        return result;
    }
    errno = level == SOL_SOCKET ? errno : ENOPROTOOPT;
    return level == SOL_SOCKET ? 0 : -1;
}

/* The numbers of an option, at most two; how many, or -1. */
static int ask_numbers(int fd, int level, int name, long long numbers[2])
{
    char text[64];
    int answer = pyapp_request(PYAPP_REQUEST_OPTION "/%d/%d/%d", fd, level, name);
    if (answer >= 0) {
        int count = pyapp_read_answer(answer, text, sizeof(text)) != 0
                        ? -1
                        : sscanf(text, "%lld %lld", &numbers[0], &numbers[1]);
        if (count < 1) {
            errno = ENOPROTOOPT;
            return -1;
        }
        return count;
    }
    if (!pyapp_is_pair(fd)) {
        return -1;
    }
    if (level != SOL_SOCKET) {
        errno = ENOPROTOOPT;
        return -1;
    }
    numbers[1] = 0;
    numbers[0] = name == SO_TYPE                             ? SOCK_STREAM
                 : name == SO_DOMAIN                         ? AF_INET
                 : name == SO_SNDBUF || name == SO_RCVBUF ? PYAPP_PIPE_CAPACITY
                                                             : 0;
    return 2;
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict size)
{
    long long numbers[2] = {0, 0};
    union {
        struct timeval time;
        struct short_time short_time;
        struct linger linger;
        int number;
    } found;
    if (value == NULL || size == NULL) {
        errno = EFAULT;
        return -1;
    }
    if (is_no_number(level, name)) {
        errno = ENOPROTOOPT;
        return -1;
    }
    if (ask_numbers(fd, level, name, numbers) < 0) {
        return -1;
    }
    socklen_t length;
    if (is_time(level, name) && *size >= sizeof(found.time)) {
        found.time = (struct timeval){.tv_sec = numbers[0], .tv_usec = (suseconds_t)numbers[1]};
        length = sizeof(found.time);
    } else if (is_time(level, name)) {
        found.short_time = (struct short_time){(int)numbers[0], (int)numbers[1]};
        length = sizeof(found.short_time);
    } else if (level == SOL_SOCKET && name == SO_LINGER) {
        found.linger = (struct linger){(int)numbers[0], (int)numbers[1]};
        length = sizeof(found.linger);
    } else {
        found.number = (int)numbers[0];
        length = sizeof(found.number);
    }
    *size = *size < length ? *size : length;
    memcpy(value, &found, *size);
    return 0;
}
