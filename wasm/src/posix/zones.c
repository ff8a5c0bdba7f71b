/* Local time: which zone it is, and times in it.
 *
 * As in glibc, TZ names a zone of the database, or has rules of its own; a colon in front means nothing; without TZ it is the
 * zone of the machine; and where nothing is found it is UTC. The host is asked for the zones of the machine. On a host that
 * does not answer, the archive has those of the database. */
#include "zones.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "posix.h"
#include "request.h"
#include "zone_file.h"

/* How the zone of the machine, and those that the host has, are named where they are files. */
#define MACHINE "/etc/localtime"
#define FOLDER "/usr/share/zoneinfo/"

/* The longest name in the database has 32 letters. */
#define MOST_NAME 64

/* TZ, as it was when it was last looked at; NULL if it was not set. The zone is read when it is needed: the host need not be
 * asked for programs that have nothing to do with local time. */
static char *followed;
static enum { UNKNOWN, NAMED, READ } state;

/* The zone is that of `file`, which refers to `bytes`, or has `rules` alone. */
static int has_file;
static struct zone_file file;
static struct zone_rules rules;
static unsigned char bytes[PYAPP_ZONE_SIZE + 1];

/* Takes a zone from what is open; 0 if there is none. */
static int take(int fd)
{
    if (fd < 0) {
        return 0;
    }
    size_t size = 0;
    ssize_t got;
    while (size < sizeof(bytes) && (got = read(fd, bytes + size, sizeof(bytes) - size)) > 0) {
        size += (size_t)got;
    }
    close(fd);
    return size < sizeof(bytes) && pyapp_file_read(&file, bytes, size);
}

static int find_file(const char *name)
{
    if (strcmp(name, MACHINE) == 0) {
        return take(pyapp_request(PYAPP_REQUEST_ZONE));
    }
    if (strncmp(name, FOLDER, sizeof(FOLDER) - 1) == 0) {
        name += sizeof(FOLDER) - 1;
    }
    if (name[0] == '/') {
        return take(open(name, O_RDONLY));
    }
    char path[sizeof(PYAPP_ZONES) + MOST_NAME];
    if (name[0] == '\0' || strlen(name) > MOST_NAME) {
        return 0;
    }
    snprintf(path, sizeof(path), "%s%s", PYAPP_ZONES, name);
    return take(pyapp_request(PYAPP_REQUEST_ZONE "/%s", name)) || take(open(path, O_RDONLY));
}

void tzset(void)
{
    const char *name = getenv("TZ");
    free(followed);
    followed = name == NULL ? NULL : strdup(name);
    state = NAMED;
}

static void read_zone(void)
{
    if (state == UNKNOWN) {
        tzset();
    }
    if (state == READ) {
        return;
    }
    state = READ;
    int former_errno = errno;
    const char *name = followed == NULL ? MACHINE : followed;
    name += name[0] == ':';
    has_file = find_file(name);
    if (!has_file) {
        pyapp_rules_read(&rules, name[0] == '\0' || strcmp(name, MACHINE) == 0 ? "UTC0" : name);
    }
    errno = former_errno;
}

void pyapp_zone_follow(void)
{
    const char *name = getenv("TZ");
    if (state == UNKNOWN || (name == NULL ? followed != NULL : followed == NULL || strcmp(name, followed) != 0)) {
        tzset();
    }
}

int pyapp_zone_at(long long time, struct zone_kind *kind)
{
    if (time <= -(1LL << 56) || time >= 1LL << 56) {
        return 0;
    }
    read_zone();
    *kind = has_file ? pyapp_file_at(&file, time) : pyapp_rules_at(&rules, time);
    return 1;
}

const char *pyapp_zone_name(int is_dst)
{
    read_zone();
    return has_file ? pyapp_file_name(&file, is_dst) : rules.kinds[is_dst].name;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result)
{
    /* As in glibc it does not follow TZ. */
    struct zone_kind kind;
    if (!pyapp_zone_at(*time, &kind)) {
        errno = EOVERFLOW;
        return NULL;
    }
    time_t shifted = *time + kind.offset;
    if (gmtime_r(&shifted, result) == NULL) {
        return NULL;
    }
    result->tm_isdst = kind.is_dst;
    result->tm_gmtoff = kind.offset;
    result->tm_zone = kind.name;
    return result;
}

struct tm *localtime(const time_t *time)
{
    static struct tm result;
    pyapp_zone_follow();
    return localtime_r(time, &result);
}
