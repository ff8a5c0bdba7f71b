/* Writes what an interpreter that was built to count has counted, at its end, to the file that LLVM_PROFILE_FILE names: what
   LLVM's sources for it leave to the platform. Linked for training only. */
#include <stdio.h>
#include <stdlib.h>

#include "InstrProfiling.h"
#include "InstrProfilingInternal.h"

/* What is counted in refers to it, so that this file is linked. */
int __llvm_profile_runtime;

static uint32_t
write_parts(ProfDataWriter *writer, ProfDataIOVec *parts, uint32_t count)
{
    FILE *file = writer->WriterCtx;
    for (uint32_t i = 0; i < count; i++) {
        size_t length = parts[i].ElmSize * parts[i].NumElm;
        if (parts[i].Data != NULL) {
            if (fwrite(parts[i].Data, 1, length, file) != length) {
                return 1;
            }
            continue;
        }
        /* Padding. */
        for (size_t j = 0; j < length; j++) {
            if (putc(0, file) == EOF) {
                return 1;
            }
        }
    }
    return 0;
}

static void
write_profile(void)
{
    const char *name = getenv("LLVM_PROFILE_FILE");
    if (name == NULL) {
        return;
    }
    FILE *file = fopen(name, "wb");
    if (file == NULL) {
        perror(name);
        return;
    }
    ProfDataWriter writer = {.Write = write_parts, .WriterCtx = file};
    /* With the values of calls through pointers. */
    if (lprofWriteData(&writer, lprofGetVPDataReader(), 0) != 0 || fclose(file) != 0) {
        fprintf(stderr, "%s: expected to write the profile there, could not\n", name);
        remove(name);
    }
}

__attribute__((constructor)) static void
write_at_end(void)
{
    atexit(write_profile);
}

/* The crate's own names for memory. */
void *
minicov_alloc_zeroed(size_t size, size_t alignment)
{
    (void)alignment;
    return calloc(1, size);
}

void
minicov_dealloc(void *memory, size_t size, size_t alignment)
{
    (void)size;
    (void)alignment;
    free(memory);
}
