/* The process and its user. There is one process, without children, and an ordinary user to whom all that can be written
 * belongs. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/times.h>
#include <syslog.h>
#include <time.h>
#include <wasi/api.h>

#include "posix.h"

#define OWN_ID 1000
/* As many as the host allows. */
#define OPEN_DESCRIPTORS 8192
/* What wasi-libc's sysconf() says. */
#define TICKS_PER_SECOND 100

/* As the host's clocks are numbered. */
struct __clockid {
    __wasi_clockid_t id;
};
const struct __clockid pyapp_process_clock = {__WASI_CLOCKID_PROCESS_CPUTIME_ID};
const struct __clockid pyapp_thread_clock = {__WASI_CLOCKID_THREAD_CPUTIME_ID};

/* The archive is root's. */
static struct passwd users[] = {
    {.pw_name = "root", .pw_passwd = "x", .pw_uid = 0, .pw_gid = 0, .pw_gecos = "root", .pw_dir = "/", .pw_shell = "/bin/sh"},
    {.pw_name = "user", .pw_passwd = "x", .pw_uid = OWN_ID, .pw_gid = OWN_ID, .pw_gecos = "user", .pw_dir = "/",
     .pw_shell = "/bin/sh"},
};
static char *no_members[] = {NULL};
static struct group groups[] = {
    {.gr_name = "root", .gr_passwd = "x", .gr_gid = 0, .gr_mem = no_members},
    {.gr_name = "user", .gr_passwd = "x", .gr_gid = OWN_ID, .gr_mem = no_members},
};
#define COUNT 2

uid_t getuid(void) { return OWN_ID; }
uid_t geteuid(void) { return OWN_ID; }
gid_t getgid(void) { return OWN_ID; }
gid_t getegid(void) { return OWN_ID; }
pid_t getppid(void) { return 1; }

/* The lists are told one by one. */
static int users_told, groups_told;

void setpwent(void) { users_told = 0; }
void endpwent(void) { users_told = 0; }
struct passwd *getpwent(void) { return users_told < COUNT ? &users[users_told++] : NULL; }
void setgrent(void) { groups_told = 0; }
void endgrent(void) { groups_told = 0; }
struct group *getgrent(void) { return groups_told < COUNT ? &groups[groups_told++] : NULL; }

struct passwd *getpwuid(uid_t id)
{
    for (int i = 0; i < COUNT; i++) {
        if (users[i].pw_uid == id) {
            return &users[i];
        }
    }
    return NULL;
}

struct passwd *getpwnam(const char *name)
{
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(users[i].pw_name, name) == 0) {
            return &users[i];
        }
    }
    return NULL;
}

struct group *getgrgid(gid_t id)
{
    for (int i = 0; i < COUNT; i++) {
        if (groups[i].gr_gid == id) {
            return &groups[i];
        }
    }
    return NULL;
}

struct group *getgrnam(const char *name)
{
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(groups[i].gr_name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

/* wasi-libc's goes on while the process sleeps. */
clock_t clock(void)
{
    __wasi_timestamp_t time = 0;
    if (__wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 0, &time) != 0) {
        (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &time);
    }
    return (clock_t)(time / (1000000000 / CLOCKS_PER_SEC));
}

/* wasi-libc's counts nanoseconds, of all time. POSIX's ticks are of 10 ms, and there are no children. */
clock_t times(struct tms *buffer)
{
    __wasi_timestamp_t time = 0;
    *buffer = (struct tms){.tms_utime = clock() / (CLOCKS_PER_SEC / TICKS_PER_SECOND)};
    (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &time);
    return (clock_t)(time / (1000000000 / TICKS_PER_SECOND));
}

long pyapp_sysconf(int name)
{
    return name == _SC_OPEN_MAX ? OPEN_DESCRIPTORS : (sysconf)(name);
}

pid_t waitpid(pid_t process, int *status, int options)
{
    (void)process, (void)status, (void)options;
    errno = ECHILD;
    return -1;
}

pid_t wait(int *status)
{
    return waitpid(-1, status, 0);
}

/* ---- The log of a system, which keeps nothing ---- */

static int log_options, log_mask = 0xff;
static const char *log_name = "";

void openlog(const char *name, int options, int facility)
{
    (void)facility;
    log_name = name != NULL ? name : "";
    log_options = options;
}

void closelog(void)
{
    log_name = "";
}

int setlogmask(int mask)
{
    int old = log_mask;
    log_mask = mask != 0 ? mask : old;
    return old;
}

/* As where no daemon runs: what is logged is lost, unless it was to go to stderr as well. */
void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    if ((log_options & LOG_PERROR) && (log_mask & LOG_MASK(LOG_PRI(priority)))) {
        va_start(arguments, format);
        fprintf(stderr, "%s: ", log_name);
        vfprintf(stderr, format, arguments);
        fputc('\n', stderr);
        va_end(arguments);
    }
}

int gethostname(char *name, size_t size)
{
    static const char own[] = "localhost";
    if (size < sizeof(own)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(name, own);
    return 0;
}
