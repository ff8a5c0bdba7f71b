/* Mappings. WebAssembly has no memory that lies on files, so mmap() reads the file into memory of its own.
 *
 * A shared mapping and its file meet at msync(), munmap() and mremap(), and when it is mapped once more: what the program has
 * changed goes into the file, what the file has got by other means comes into the memory. Shared mappings of one part of one
 * file have one memory. Behind the end of the file are zeros that go nowhere. Nothing guards the memory; what it may be used
 * for only decides whether a descriptor is good enough. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "posix.h"

/* What a file's offset is a multiple of; less than WebAssembly's own, as programs have this one written in. */
#define PAGE 4096

/* As much as is exchanged with a file at once. */
#define BLOCK 16384

struct mapping {
    struct mapping *next;
    char *memory;
    size_t length;
    /* How often mmap() has given it away. */
    unsigned users;
    int is_shared;
    /* A descriptor of our own, for the program may close its own; -1 for memory without a file. */
    int fd;
    off_t offset;
    dev_t device;
    ino_t file;
    /* Of what is shared and writable: what the file held when they last met. */
    char *known;
};

static struct mapping *mappings;

static void *fail(int error)
{
    errno = error;
    return MAP_FAILED;
}

/* The mapping that `size` bytes from `address` on belong to. */
static struct mapping *find(const void *address, size_t size)
{
    for (struct mapping *mapping = mappings; mapping != NULL; mapping = mapping->next) {
        size_t from = (size_t)((const char *)address - mapping->memory);
        if (from < mapping->length && size <= mapping->length - from) {
            return mapping;
        }
    }
    return NULL;
}

/* Whether the descriptor still leads to the file. In a run that is resumed from a snapshot it may lead anywhere. */
static int has_file(const struct mapping *mapping)
{
    struct stat status;
    return mapping->fd >= 0 && fstat(mapping->fd, &status) == 0 && status.st_dev == mapping->device
           && status.st_ino == mapping->file;
}

static void forget(struct mapping *mapping)
{
    int error = errno;
    if (has_file(mapping)) {
        (void)close(mapping->fd);
    }
    free(mapping->memory);
    free(mapping->known);
    free(mapping);
    errno = error;
}

/* Reads up to `size` bytes of the file at `offset`, and zeros behind its end; the number of bytes that the file has, or -1. */
static ssize_t read_file(int fd, char *memory, size_t size, off_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = pread(fd, memory + done, size - done, offset + (off_t)done);
        if (count < 0) {
            return -1;
        }
        if (count == 0) {
            break;
        }
        done += (size_t)count;
    }
    memset(memory + done, 0, size - done);
    return (ssize_t)done;
}

static int write_file(int fd, const char *data, size_t size, off_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = pwrite(fd, data + done, size - done, offset + (off_t)done);
        if (count <= 0) {
            return -1;
        }
        done += (size_t)count;
    }
    return 0;
}

/* Lets a shared mapping and its file meet. */
static int meet(struct mapping *mapping)
{
    if (!mapping->is_shared || !has_file(mapping)) {
        return 0;
    }
    if (mapping->known == NULL) {
        return read_file(mapping->fd, mapping->memory, mapping->length, mapping->offset) < 0 ? -1 : 0;
    }
    char block[BLOCK];
    for (size_t start = 0; start < mapping->length; start += BLOCK) {
        char *memory = mapping->memory + start, *known = mapping->known + start;
        size_t size = mapping->length - start < BLOCK ? mapping->length - start : BLOCK;
        ssize_t held = read_file(mapping->fd, block, size, mapping->offset + (off_t)start);
        if (held < 0) {
            return -1;
        }
        int is_changed = 0;
        for (ssize_t i = 0; i < held; i++) {
            if (memory[i] != known[i]) {
                is_changed |= block[i] != memory[i];
                block[i] = memory[i];
            }
        }
        if (is_changed && write_file(mapping->fd, block, (size_t)held, mapping->offset + (off_t)start) != 0) {
            return -1;
        }
        memcpy(memory, block, (size_t)held);
        memcpy(known, memory, size);
    }
    return 0;
}

/* Makes a mapping one whose changes go into the file behind `fd`; 0 or an errno. */
static int make_writable(struct mapping *mapping, int fd)
{
    if (mapping->known != NULL) {
        return 0;
    }
    int own = dup(fd);
    if (own < 0) {
        return errno;
    }
    mapping->known = malloc(mapping->length);
    if (mapping->known == NULL) {
        (void)close(own);
        return ENOMEM;
    }
    memcpy(mapping->known, mapping->memory, mapping->length);
    (void)close(mapping->fd);
    mapping->fd = own;
    return 0;
}

/* The shared mapping in which this part of the file already lies. */
static struct mapping *find_shared(const struct stat *status, off_t offset, size_t length)
{
    for (struct mapping *mapping = mappings; mapping != NULL; mapping = mapping->next) {
        if (mapping->is_shared && has_file(mapping) && mapping->device == status->st_dev
            && mapping->file == status->st_ino && mapping->offset <= offset
            && offset + (off_t)length <= mapping->offset + (off_t)mapping->length) {
            return mapping;
        }
    }
    return NULL;
}

/* Whether a descriptor is good for such a mapping; 0 or an errno. */
static int check_file(int fd, int protection, int is_shared, struct stat *status)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, status) != 0) {
        return EBADF;
    }
    if (!(flags & O_RDONLY) || (is_shared && (protection & PROT_WRITE) && !(flags & O_WRONLY))) {
        return EACCES;
    }
    return S_ISREG(status->st_mode) ? 0 : ENODEV;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    (void)address;
    int kind = flags & MAP_TYPE, is_shared = kind != MAP_PRIVATE;
    if (kind < MAP_SHARED || kind > MAP_SHARED_VALIDATE || (flags & MAP_FIXED) || length == 0 || offset < 0
        || offset % PAGE != 0) {
        return fail(EINVAL);
    }
    if (length > PTRDIFF_MAX) {
        return fail(ENOMEM);
    }
    struct stat status;
    int of_file = !(flags & MAP_ANONYMOUS), is_writable = of_file && is_shared && (protection & PROT_WRITE);
    int error = of_file ? check_file(fd, protection, is_shared, &status) : 0;
    if (error != 0) {
        return fail(error);
    }
    struct mapping *mapping = of_file && is_shared ? find_shared(&status, offset, length) : NULL;
    if (mapping != NULL) {
        error = is_writable ? make_writable(mapping, fd) : 0;
        if (error != 0) {
            return fail(error);
        }
        if (meet(mapping) != 0) {
            return MAP_FAILED;
        }
        mapping->users++;
        return mapping->memory + (offset - mapping->offset);
    }
    mapping = malloc(sizeof(*mapping));
    if (mapping == NULL) {
        return fail(ENOMEM);
    }
    *mapping = (struct mapping){.length = length, .users = 1, .is_shared = is_shared, .fd = -1, .offset = offset};
    mapping->memory = calloc(1, length);
    if (mapping->memory == NULL) {
        forget(mapping);
        return fail(ENOMEM);
    }
    if (of_file) {
        mapping->device = status.st_dev;
        mapping->file = status.st_ino;
        mapping->fd = dup(fd);
        if (mapping->fd < 0 || read_file(fd, mapping->memory, length, offset) < 0) {
            forget(mapping);
            return MAP_FAILED;
        }
        error = is_writable ? make_writable(mapping, fd) : 0;
        if (error != 0) {
            forget(mapping);
            return fail(error);
        }
    }
    mapping->next = mappings;
    mappings = mapping;
    return mapping->memory;
}

/* Only whole mappings can be taken away. */
int munmap(void *address, size_t length)
{
    struct mapping *mapping = find(address, length);
    if (mapping == NULL) {
        errno = EINVAL;
        return -1;
    }
    int result = mapping->known == NULL ? 0 : meet(mapping);
    if (--mapping->users == 0) {
        struct mapping **link = &mappings;
        while (*link != mapping) {
            link = &(*link)->next;
        }
        *link = mapping->next;
        forget(mapping);
    }
    return result;
}

int msync(void *address, size_t length, int flags)
{
    (void)flags;
    struct mapping *mapping = find(address, length);
    if (mapping == NULL) {
        errno = ENOMEM;
        return -1;
    }
    return meet(mapping);
}

/* Gives one part of a mapping, memory or what is known of the file, another length. */
static int resize(char **part, const struct mapping *mapping, size_t length)
{
    char *resized = realloc(*part, length);
    if (resized == NULL) {
        return -1;
    }
    *part = resized;
    if (length <= mapping->length) {
        return 0;
    }
    size_t more = length - mapping->length;
    if (!has_file(mapping)) {
        memset(resized + mapping->length, 0, more);
        return 0;
    }
    return read_file(mapping->fd, resized + mapping->length, more, mapping->offset + (off_t)mapping->length) < 0 ? -1 : 0;
}

void *mremap(void *address, size_t old_length, size_t length, int flags, ...)
{
    struct mapping *mapping = find(address, old_length);
    if (mapping == NULL) {
        return fail(EFAULT);
    }
    if (length == 0 || flags & ~MREMAP_MAYMOVE) {
        return fail(EINVAL);
    }
    if (mapping->users > 1) {
        /* Somebody else holds on to where it is. */
        return find(address, length) == mapping ? address : fail(ENOMEM);
    }
    if (address != mapping->memory || length > PTRDIFF_MAX || !(flags & MREMAP_MAYMOVE)) {
        return fail(ENOMEM);
    }
    if (meet(mapping) != 0) {
        return MAP_FAILED;
    }
    /* What is known first: it may be longer than the memory, but not shorter. */
    if ((mapping->known != NULL && length > mapping->length && resize(&mapping->known, mapping, length) != 0)
        || resize(&mapping->memory, mapping, length) != 0) {
        return fail(ENOMEM);
    }
    mapping->length = length;
    return mapping->memory;
}

int madvise(void *address, size_t length, int advice)
{
    struct mapping *mapping = find(address, length);
    if (mapping == NULL) {
        errno = ENOMEM;
        return -1;
    }
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_FREE:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
        return 0;
    case MADV_DONTNEED:
        /* What is private is forgotten. */
        if (mapping->is_shared) {
            return 0;
        }
        if (!has_file(mapping)) {
            memset(address, 0, length);
            return 0;
        }
        off_t offset = mapping->offset + ((char *)address - mapping->memory);
        return read_file(mapping->fd, address, length, offset) < 0 ? -1 : 0;
    default:
        errno = EINVAL;
        return -1;
    }
}
