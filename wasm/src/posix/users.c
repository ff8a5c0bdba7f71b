/* Users and groups: root, to whom the archive belongs, and an ordinary user, to whom all that can be written belongs. */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "abi.h"
#include "posix.h"

static struct passwd users[] = {
    {.pw_name = "root", .pw_passwd = "x", .pw_uid = 0, .pw_gid = 0, .pw_gecos = "root", .pw_dir = "/", .pw_shell = "/bin/sh"},
    {.pw_name = "user", .pw_passwd = "x", .pw_uid = PYAPP_USER, .pw_gid = PYAPP_USER, .pw_gecos = "user",
     .pw_dir = PYAPP_HOME, .pw_shell = "/bin/sh"},
};
static char *no_members[] = {NULL};
static struct group groups[] = {
    {.gr_name = "root", .gr_passwd = "x", .gr_gid = 0, .gr_mem = no_members},
    {.gr_name = "user", .gr_passwd = "x", .gr_gid = PYAPP_USER, .gr_mem = no_members},
};
#define COUNT 2

uid_t getuid(void) { return PYAPP_USER; }
uid_t geteuid(void) { return PYAPP_USER; }
gid_t getgid(void) { return PYAPP_USER; }
gid_t getegid(void) { return PYAPP_USER; }

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
