/* Whether the allocator of the C library keeps its word for every size from 0 to SIZE_MAX: memory that is nobody else's,
 * or NULL and the errno that POSIX says, never a trap; and whether it still works afterwards.
 *
 * Linked as python.wasm is, with the same libraries. tests/runtime.rs runs it; it ends with status 0, or says what is
 * wrong and ends with 1. Of large blocks only the ends are touched, so that the machine need not have the memory. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)
/* What cannot be had, however the linear memory is used. */
#define TOO_MUCH (PTRDIFF_MAX - 16)

static void expect(int holds, const char *what, size_t size, size_t other)
{
    if (!holds) {
        printf("expected %s; sizes %zu and %zu\n", what, size, other);
        exit(1);
    }
}

/* The compiler knows what malloc() does, and leaves out what it takes to be in vain: it does not know these. */
static void *(*volatile call_malloc)(size_t) = malloc;
static void *(*volatile call_calloc)(size_t, size_t) = calloc;
static void *(*volatile call_realloc)(void *, size_t) = realloc;
static void *(*volatile call_reallocarray)(void *, size_t, size_t) = reallocarray;
static void *(*volatile call_aligned_alloc)(size_t, size_t) = aligned_alloc;
static int (*volatile call_posix_memalign)(void **, size_t, size_t) = posix_memalign;

/* ---- Blocks that are in use, and must stay as they are ---- */

static struct {
    unsigned char *at;
    size_t size;
} blocks[64];
static size_t in_use;

static void check_blocks(size_t size)
{
    for (size_t i = 0; i < in_use; i++) {
        unsigned char byte = (unsigned char)(i + 1);
        expect(blocks[i].at[0] == byte && blocks[i].at[blocks[i].size - 1] == byte, "a block to stay as it is", size, i);
    }
}

/* Checks that a block is memory, and nobody else's; NULL is none. */
static void check(void *block, size_t size)
{
    if (block == NULL || size == 0) {
        return;
    }
    uintptr_t start = (uintptr_t)block, end = start + size;
    expect(end > start && (end - 1) >> 16 < __builtin_wasm_memory_size(0), "a block inside the memory", size, start);
    expect(start % _Alignof(max_align_t) == 0, "a block that is aligned for every type", size, start);
    for (size_t i = 0; i < in_use; i++) {
        uintptr_t other = (uintptr_t)blocks[i].at;
        expect(end <= other || start >= other + blocks[i].size, "blocks apart", size, blocks[i].size);
    }
    ((unsigned char *)block)[0] = 0xee;
    ((unsigned char *)block)[size - 1] = 0xee;
    check_blocks(size);
}

static void keep(size_t size)
{
    unsigned char *block = call_malloc(size);
    expect(block != NULL, "room", size, in_use);
    check(block, size);
    block[0] = block[size - 1] = (unsigned char)(in_use + 1);
    blocks[in_use].at = block;
    blocks[in_use++].size = size;
}

static void release_last(void)
{
    free(blocks[--in_use].at);
}

/* The allocator still works: small blocks come and go. */
static void exercise(void)
{
    void *small[40];
    for (size_t i = 0; i < 40; i++) {
        small[i] = call_malloc(1 + i * 37);
        expect(small[i] != NULL, "room for a small block", i, 0);
        check(small[i], 1 + i * 37);
    }
    for (size_t i = 0; i < 40; i++) {
        free(small[i]);
    }
}

/* ---- One size, asked for in every way ---- */

static void expect_refused(void *block, size_t size)
{
    expect(block == NULL && errno == ENOMEM, "NULL and ENOMEM", size, (size_t)errno);
}

static void by_malloc(size_t size)
{
    errno = 0;
    void *block = call_malloc(size);
    if (block == NULL || size > TOO_MUCH) {
        expect_refused(block, size);
    }
    check(block, size);
    free(block);
}

static void by_realloc(size_t size)
{
    unsigned char *block = call_malloc(100);
    expect(block != NULL, "room", 100, size);
    memset(block, 7, 100);
    errno = 0;
    unsigned char *grown = call_realloc(block, size);
    if (size != 0 && (grown == NULL || size > TOO_MUCH)) {
        expect_refused(grown, size);
        expect(block[0] == 7 && block[99] == 7, "the old block to stay", size, 0);
        free(block);
        return;
    }
    for (size_t i = 0; grown != NULL && i < 100 && i < size; i++) {
        expect(grown[i] == 7, "the old contents", size, i);
    }
    check(grown, size);
    free(grown);
}

/* A calloc that succeeds writes to all of its block, so large ones are only asked for where they must fail. */
static void by_calloc(size_t count, size_t size)
{
    size_t bytes;
    int fits = !__builtin_mul_overflow(count, size, &bytes) && bytes <= TOO_MUCH;
    if (fits && bytes > MIB) {
        return;
    }
    errno = 0;
    unsigned char *block = call_calloc(count, size);
    if (!fits) {
        expect_refused(block, size);
        expect_refused(call_reallocarray(NULL, count, size), size);
        return;
    }
    expect(block != NULL, "room", count, size);
    for (size_t i = 0; i < bytes; i++) {
        expect(block[i] == 0, "zeros", count, size);
    }
    check(block, bytes);
    free(block);
}

static int is_power_of_two(size_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static void by_alignment(size_t alignment, size_t size)
{
    void *const untouched = &blocks;
    void *block = untouched;
    int error = call_posix_memalign(&block, alignment, size);
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0) {
        expect(error == EINVAL && block == untouched, "EINVAL of posix_memalign", size, alignment);
    } else if (error != 0 || size > TOO_MUCH || alignment > TOO_MUCH) {
        expect(error == ENOMEM && block == untouched, "ENOMEM of posix_memalign", size, alignment);
    } else {
        expect((uintptr_t)block % alignment == 0, "a block so aligned", size, alignment);
        check(block, size);
        free(block);
    }
    errno = 0;
    block = call_aligned_alloc(alignment, size);
    if (block == NULL) {
        int is_valid = is_power_of_two(alignment);
        expect(errno == ENOMEM || errno == EINVAL, "an errno of aligned_alloc", size, alignment);
        expect(is_valid || errno == EINVAL, "EINVAL of aligned_alloc", size, alignment);
        return;
    }
    expect(is_power_of_two(alignment) && (uintptr_t)block % alignment == 0, "a block so aligned", size, alignment);
    expect(size <= TOO_MUCH, "ENOMEM of aligned_alloc", size, alignment);
    check(block, size);
    free(block);
}

static void every_way(size_t size)
{
    by_malloc(size);
    by_realloc(size);
    by_calloc(1, size);
    by_calloc(size, 1);
    by_calloc(size, 3);
    by_calloc(size, size);
    exercise();
}

/* Around every power of two, which is where arithmetic goes wrong. */
static void every_size(void (*ask)(size_t))
{
    static const size_t near[] = {0, 1, 2, 3, 4, 8, 16, 48, 56, 57, 100, 4096, 65535, 65536, 65584, 65592, 70000, 140000};
    for (int bit = 0; bit <= 32; bit++) {
        size_t power = bit < 32 ? (size_t)1 << bit : 0;
        for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
            ask(power - near[i]);
            ask(power + near[i]);
        }
    }
}

static void aligned(size_t size)
{
    for (int bit = 0; bit < 32; bit++) {
        size_t power = (size_t)1 << bit;
        by_alignment(power, size);
        by_alignment(power + 4, size);
        by_alignment(power - 1, size);
    }
    by_alignment(0, size);
    by_alignment(SIZE_MAX, size);
}

/* With the memory as large as it can be, addresses and sizes add up to more than 4 GiB. */
static void high_up(size_t size)
{
    by_malloc(size);
    by_realloc(size);
    unsigned char *last = blocks[in_use - 1].at;
    size_t old = blocks[in_use - 1].size;
    /* A block that lies high grows where it lies, or does not. */
    unsigned char *grown = size < old ? NULL : call_realloc(last, size);
    if (grown != NULL) {
        in_use--;
        check(grown, size);
        in_use++;
        blocks[in_use - 1].at = call_realloc(grown, old);
        expect(blocks[in_use - 1].at != NULL, "a block to shrink", size, old);
    }
    blocks[in_use - 1].at[0] = blocks[in_use - 1].at[old - 1] = (unsigned char)in_use;
    exercise();
}

int main(void)
{
    for (size_t i = 0; i < 20; i++) {
        keep(1 + i * i * 100);
    }
    every_size(every_way);
    every_size(aligned);
    for (size_t size = 16; size <= GIB / 2; size *= 4) {
        keep(size);
    }
    keep(GIB);
    keep(GIB / 2);
    keep(GIB / 4);
    keep(MIB);
    every_size(high_up);
    /* A hole high up: what is too large for it must not be taken to fit. */
    keep(GIB / 8);
    keep(KIB);
    free(blocks[in_use - 2].at);
    blocks[in_use - 2] = blocks[in_use - 1];
    in_use--;
    blocks[in_use - 1].at[0] = blocks[in_use - 1].at[KIB - 1] = (unsigned char)in_use;
    every_size(high_up);
    every_size(aligned);
    while (in_use > 0) {
        release_last();
    }
    keep(2 * GIB - 4 * MIB);
    printf("done\n");
    return 0;
}
