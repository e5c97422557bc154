#include "cprobe.h"
#include <stddef.h>
#include <stdlib.h>

// Functions of the same name in the test binary come before the libraries' ones. They count, then
// call the real ones.

static _Thread_local int is_counting;
static _Thread_local struct cprobe_counts counts;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
    counts.allocations += is_counting;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    counts.allocations += is_counting;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    counts.allocations += is_counting;
    return __libc_realloc(old, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    counts.allocations += is_counting;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? 12 : 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    counts.allocations += is_counting;
    return __libc_memalign(alignment, size);
}

void cprobe_start(void) {
    counts = (struct cprobe_counts){0};
    is_counting = 1;
}

struct cprobe_counts cprobe_stop(void) {
    is_counting = 0;
    return counts;
}
