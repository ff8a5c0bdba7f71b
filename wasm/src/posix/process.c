/* The process: there is one, without children. */
#include <errno.h>

#include "abi.h"
#include "calls.h"
#include "posix.h"
#include "request.h"

static int generation;

int pyapp_generation(void) { return generation; }

void pyapp_begin_generation(void) { generation++; }

pid_t getppid(void) { return 1; }

long pyapp_sysconf(int name)
{
    return name == _SC_OPEN_MAX ? PYAPP_MAX_DESCRIPTORS : (sysconf)(name);
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

void pyapp_tell_uncaught(int error, const char *path)
{
    (void)pyapp_command(PYAPP_REQUEST_UNCAUGHT "/%d/%s", error, path);
}

void pyapp_tell_errno(int error)
{
    (void)pyapp_call(PYAPP_CALL_UNCAUGHT, (uint64_t)error, 0);
}
