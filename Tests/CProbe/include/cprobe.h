#pragma once
#include <stdint.h>

/// Starts counting the calling thread's allocations.
void cprobe_start(void);

struct cprobe_counts {
    int64_t allocations;
};

/// Stops counting.
struct cprobe_counts cprobe_stop(void);
