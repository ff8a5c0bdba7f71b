/* The process and its user. There is one process, and as nothing is forbidden to it inside its sandbox, its user is root. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <wasi/api.h>

#include "posix.h"

static struct passwd user = {
    .pw_name = "root",
    .pw_passwd = "x",
    .pw_uid = 0,
    .pw_gid = 0,
    .pw_gecos = "root",
    .pw_dir = "/",
    .pw_shell = "/bin/sh",
};
static char *no_members[] = {NULL};
static struct group group = {.gr_name = "root", .gr_passwd = "x", .gr_gid = 0, .gr_mem = no_members};

uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
gid_t getgid(void) { return 0; }
gid_t getegid(void) { return 0; }
pid_t getppid(void) { return 1; }

struct passwd *getpwuid(uid_t id) { return id == 0 ? &user : NULL; }
struct passwd *getpwnam(const char *name) { return strcmp(name, user.pw_name) == 0 ? &user : NULL; }
struct group *getgrgid(gid_t id) { return id == 0 ? &group : NULL; }
struct group *getgrnam(const char *name) { return strcmp(name, group.gr_name) == 0 ? &group : NULL; }

/* The lists have one entry each. */
static int users_told, groups_told;

void setpwent(void) { users_told = 0; }
void endpwent(void) { users_told = 0; }
struct passwd *getpwent(void) { return users_told++ == 0 ? &user : NULL; }
void setgrent(void) { groups_told = 0; }
void endgrent(void) { groups_told = 0; }
struct group *getgrent(void) { return groups_told++ == 0 ? &group : NULL; }

int kill(pid_t process, int signal)
{
    if (process != getpid() && process != 0) {
        errno = ESRCH;
        return -1;
    }
    return signal == 0 ? 0 : raise(signal);
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
