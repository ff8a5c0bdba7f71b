/* What POSIX has and wasi-libc's headers leave out; included in front of every C file of CPython and its libraries.
 *
 * wasi-libc (preview1) knows no modes, no umask, no pipes, no duplicates of descriptors and keeps the current directory as
 * text. The files beside this one implement these functions over plain preview1; what preview1 has no call for is asked of
 * the host by opening a path below /dev/pyapp (request.c). On a host without that device such a call fails with ENOSYS. */
#ifndef PYAPP_POSIX_H
#define PYAPP_POSIX_H

/* As CPython has it: this comes first, and what the headers declare is settled when they are first read. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _WASI_EMULATED_SIGNAL
#define _WASI_EMULATED_SIGNAL 1
#endif
#ifndef _WASI_EMULATED_GETPID
#define _WASI_EMULATED_GETPID 1
#endif
#ifndef _WASI_EMULATED_PROCESS_CLOCKS
#define _WASI_EMULATED_PROCESS_CLOCKS 1
#endif
/* mmap.c, shared_memory.c */
#ifndef _WASI_EMULATED_MMAN
#define _WASI_EMULATED_MMAN 1
#endif

/* calls.c: what is a thread's own is a plain variable in a section of its own, which the host saves and restores when another
 * thread goes on. */
#define _Thread_local __attribute__((section("pyapp_own")))
#define __thread __attribute__((section("pyapp_own")))

/* signals.c: wasi-libc's sets of signals have eight bits. */
#define __DEFINED_sigset_t
typedef unsigned long long sigset_t;

/* threads.c, mutexes.c */
#define _POSIX_THREADS 200809L
#define _POSIX_THREAD_ATTR_STACKSIZE 200809L
#define _POSIX_SEMAPHORES 200809L
#define PTHREAD_STACK_MIN 2048

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define F_DUPFD 0
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_DUPFD_CLOEXEC 1030

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

/* terminal.c */
#define TIOCGWINSZ 0x5413

/* CPython looks for this where there are calls that mask signals; valid_signals() needs it, too. */
#define HAVE_SIGSET_T 1

/* descriptors.c */
int dup(int fd);
int dup2(int from, int to);
int dup3(int from, int to, int flags);
int flock(int fd, int operation);
int lockf(int fd, int command, off_t length);
long pyapp_fpathconf(int fd, int name);
#define fpathconf(fd, name) pyapp_fpathconf(fd, name)

/* pipes.c */
int pipe(int ends[2]);
int pipe2(int ends[2], int flags);

/* sockets.c */
int socket(int family, int type, int protocol);
int socketpair(int family, int type, int protocol, int ends[2]);
int bind(int fd, const struct sockaddr *address, socklen_t size);
int connect(int fd, const struct sockaddr *address, socklen_t size);
int listen(int fd, int backlog);
int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict size);
int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict size);

/* socket_options.c */
int setsockopt(int fd, int level, int name, const void *value, socklen_t size);

/* messages.c */
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length);
ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length);
ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t recvmsg(int fd, struct msghdr *message, int flags);

/* addresses.c */
char *inet_ntoa(struct in_addr address);
in_addr_t inet_addr(const char *text);

/* hosts.c; the first stands for what errno says. */
#define NETDB_INTERNAL (-1)
int gethostname(char *name, size_t size);

/* paths.c; the second begins a run in the directory that the host says, or in the root. */
int fchdir(int fd);
void pyapp_begin(void);

/* libraries.c; in a run that is resumed, first of all: loads what was loaded when the image was made, whose data is in it. */
void pyapp_load_again(void);

/* open.c */
mode_t umask(mode_t mask);

/* metadata.c */
int chown(const char *path, uid_t user, gid_t group);
int fchown(int fd, uid_t user, gid_t group);
int lchown(const char *path, uid_t user, gid_t group);
int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags);

/* filesystem.c */
void sync(void);

/* users.c */
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);

/* calls.c: tells the host where the interpreter notes its thread state, and where in it the host may ask for attention. */
void pyapp_attach(void *state, size_t breaker);

/* threads.c, mutexes.c */
void pyapp_fence(void);
unsigned long pyapp_native_id(void);
const char *pyapp_why_no_thread(void);
int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until);

/* signals.c: the first begins a run and returns the signals that the process was started ignoring (bit 0 is signal 1); the second does what the host wants
 * when it has asked for attention. */
unsigned long long pyapp_begin_signals(void);
void pyapp_attend(void);
extern volatile unsigned pyapp_attention;
/* Of PYAPP_TIME_LIMIT and PYAPP_CPU_LIMIT: what the run has reached and the program has not been told of. */
extern volatile unsigned long long pyapp_limit;
union sigval {
    int sival_int;
    void *sival_ptr;
};
typedef struct siginfo {
    int si_signo, si_errno, si_code;
    pid_t si_pid;
    uid_t si_uid;
    int si_status;
    long si_band;
    void *si_addr;
    union sigval si_value;
} siginfo_t;
struct sigaction {
    union {
        void (*handler)(int);
        void (*action)(int, siginfo_t *, void *);
    } pyapp_handler;
    sigset_t sa_mask;
    int sa_flags;
};
#define sa_handler pyapp_handler.handler
#define sa_sigaction pyapp_handler.action
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND ((int)0x80000000)
int kill(pid_t process, int signal);
int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old);
int siginterrupt(int signal, int flag);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);
int sigpending(sigset_t *set);
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int sigwait(const sigset_t *restrict set, int *restrict signal);
int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info);
int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout);
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int pthread_kill(pthread_t thread, int signal);
int pause(void);
unsigned alarm(unsigned seconds);
#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2
struct itimerval {
    struct timeval it_interval, it_value;
};
int getitimer(int which, struct itimerval *value);
int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old);

/* process.c; the second begins a run that is resumed from a snapshot, and the first says which run it is: another number than
 * when the snapshot was made. What must not be the same in two runs is made anew when it has changed. The last tells the host of
 * the path of an error that nobody caught. */
int pyapp_generation(void);
void pyapp_begin_generation(void);
pid_t getppid(void);
long pyapp_sysconf(int name);
#define sysconf(name) pyapp_sysconf(name)
pid_t wait(int *status);
pid_t waitpid(pid_t process, int *status, int options);
void pyapp_tell_uncaught(int error, const char *path);
void pyapp_tell_errno(int error);

/* zones.c */
void tzset(void);

/* clocks.c: clocks that preview1 has and wasi-libc hides. */
extern const struct __clockid pyapp_process_clock, pyapp_thread_clock;
#define CLOCK_PROCESS_CPUTIME_ID (&pyapp_process_clock)
#define CLOCK_THREAD_CPUTIME_ID (&pyapp_thread_clock)

#endif
