/* Linked into every extension: what the C library has for random bytes, drawn anew each time. (The C library's own generator would
 * keep its state in the snapshot.) */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* pyapp.c. */
int pyapp_random_get(void *bytes, size_t size);

/* The most that one call of getentropy gives: POSIX. */
#define MOST_ENTROPY 256

int getentropy(void *bytes, size_t size)
{
    int error = size > MOST_ENTROPY ? EIO : pyapp_random_get(bytes, size);
    if (error != 0) {
        errno = error;
    }
    return error == 0 ? 0 : -1;
}

void arc4random_buf(void *bytes, size_t size)
{
    if (pyapp_random_get(bytes, size) != 0) {
        abort();
    }
}

uint32_t arc4random(void)
{
    uint32_t number;
    arc4random_buf(&number, sizeof(number));
    return number;
}

/* Of a number below this, each is as likely: what would make the lower ones likelier is drawn again. */
uint32_t arc4random_uniform(uint32_t bound)
{
    uint32_t first = bound < 2 ? 0 : -bound % bound, number;
    do {
        number = arc4random();
    } while (number < first);
    return bound < 2 ? 0 : number % bound;
}
