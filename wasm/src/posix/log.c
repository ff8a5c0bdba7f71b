/* The log of the system, which keeps nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

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
