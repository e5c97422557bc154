#include "cbytes.h"

// CRC-32C, reflected polynomial 0x82f63b78. The fast version runs three independent streams of the
// crc32 instruction (latency 3, one a cycle) and joins them with tables that advance a CRC over a
// fixed number of zero bytes.

enum { LANE = 1024 };

static uint32_t byte_table[256];
static uint32_t advance_table[4][256];
static int has_instruction;

static uint32_t advance_by_zeros(uint32_t crc, size_t count) {
    for (size_t i = 0; i < count; i++) crc = byte_table[crc & 0xff] ^ (crc >> 8);
    return crc;
}

__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
        byte_table[i] = crc;
    }
    // Advancing is linear over XOR: the 32 single bits give every other value.
    uint32_t advanced_bit[32];
    for (int bit = 0; bit < 32; bit++) advanced_bit[bit] = advance_by_zeros(1u << bit, LANE);
    for (int lane = 0; lane < 4; lane++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t crc = 0;
            for (int bit = 0; bit < 8; bit++)
                if (i >> bit & 1) crc ^= advanced_bit[8 * lane + bit];
            advance_table[lane][i] = crc;
        }
#if defined(__x86_64__)
    has_instruction = __builtin_cpu_supports("sse4.2");
#endif
}

static uint32_t advance_lane(uint32_t crc) {
    return advance_table[0][crc & 0xff] ^ advance_table[1][crc >> 8 & 0xff]
        ^ advance_table[2][crc >> 16 & 0xff] ^ advance_table[3][crc >> 24];
}

uint32_t cbytes_crc32c_table(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) crc = byte_table[(crc ^ p[i]) & 0xff] ^ (crc >> 8);
    return ~crc;
}

#if defined(__x86_64__)
static inline uint64_t load64(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

__attribute__((target("sse4.2"))) static uint32_t
crc32c_instruction(uint32_t crc, const uint8_t *p, size_t count) {
    uint64_t a = ~crc;
    while (count >= 3 * LANE) {
        uint64_t b = 0, c = 0;
        for (size_t i = 0; i < LANE; i += 8) {
            a = __builtin_ia32_crc32di(a, load64(p + i));
            b = __builtin_ia32_crc32di(b, load64(p + LANE + i));
            c = __builtin_ia32_crc32di(c, load64(p + 2 * LANE + i));
        }
        a = advance_lane(advance_lane((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
        p += 3 * LANE;
        count -= 3 * LANE;
    }
    for (; count >= 8; p += 8, count -= 8) a = __builtin_ia32_crc32di(a, load64(p));
    uint32_t rest = (uint32_t)a;
    for (; count > 0; p++, count--) rest = __builtin_ia32_crc32qi(rest, *p);
    return ~rest;
}
#endif

uint32_t cbytes_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (has_instruction) return crc32c_instruction(crc, bytes, count);
#endif
    return cbytes_crc32c_table(crc, bytes, count);
}
