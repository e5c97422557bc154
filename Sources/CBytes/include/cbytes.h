#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// Byte searches and compares of the engine's hot path. Every function reads whole blocks of 16 or
// 64 bytes: the caller's buffers have slack after their end.
#define CBYTES_INLINE static inline __attribute__((always_inline))

/// A bit for each of 16 bytes that a plain JSON string can't hold as it is: a quotation mark, a
/// backslash, below 0x20, or above 0x7e.
CBYTES_INLINE uint32_t cbytes_special16(const void *_Nonnull p) {
#if defined(__SSE2__)
    __m128i x = _mm_loadu_si128((const __m128i *)p);
    // Signed compare after adding one: 0x7f and above wrap to negative, 0x00...0x1f stay below 0x21.
    __m128i outside = _mm_cmpgt_epi8(_mm_set1_epi8(0x21), _mm_add_epi8(x, _mm_set1_epi8(1)));
    __m128i marks = _mm_or_si128(
        _mm_cmpeq_epi8(x, _mm_set1_epi8('"')), _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(outside, marks));
#else
    const uint8_t *b = (const uint8_t *)p;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++)
        mask |= (uint32_t)(b[i] == '"' || b[i] == '\\' || b[i] < 0x20 || b[i] > 0x7e) << i;
    return mask;
#endif
}

/// The same for 64 bytes.
CBYTES_INLINE uint64_t cbytes_special64(const void *_Nonnull p) {
    const char *b = (const char *)p;
    return (uint64_t)cbytes_special16(b) | (uint64_t)cbytes_special16(b + 16) << 16
        | (uint64_t)cbytes_special16(b + 32) << 32 | (uint64_t)cbytes_special16(b + 48) << 48;
}

/// A bit for each of 16 bytes that ends or bends the search for a string's end: a quotation mark, a
/// backslash, or below 0x20.
CBYTES_INLINE uint32_t cbytes_stop16(const void *_Nonnull p) {
#if defined(__SSE2__)
    __m128i x = _mm_loadu_si128((const __m128i *)p);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
    __m128i marks = _mm_or_si128(
        _mm_cmpeq_epi8(x, _mm_set1_epi8('"')), _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(control, marks));
#else
    const uint8_t *b = (const uint8_t *)p;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++)
        mask |= (uint32_t)(b[i] == '"' || b[i] == '\\' || b[i] < 0x20) << i;
    return mask;
#endif
}

/// A bit for each of 16 bytes that is equal in both.
CBYTES_INLINE uint32_t cbytes_equal16(const void *_Nonnull p, const void *_Nonnull q) {
#if defined(__SSE2__)
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(
        _mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)q)));
#else
    const uint8_t *a = (const uint8_t *)p, *b = (const uint8_t *)q;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(a[i] == b[i]) << i;
    return mask;
#endif
}

/// A bit for each of 32 bytes that is equal in both.
CBYTES_INLINE uint32_t cbytes_equal32(const void *_Nonnull p, const void *_Nonnull q) {
    return cbytes_equal16(p, q) | cbytes_equal16((const char *)p + 16, (const char *)q + 16) << 16;
}

/// A bit for each of 64 bytes that is equal in both.
CBYTES_INLINE uint64_t cbytes_equal64(const void *_Nonnull p, const void *_Nonnull q) {
    return (uint64_t)cbytes_equal32(p, q)
        | (uint64_t)cbytes_equal32((const char *)p + 32, (const char *)q + 32) << 32;
}

/// Not zero when any of 64 bytes differs.
CBYTES_INLINE uint32_t cbytes_differs64(const void *_Nonnull p, const void *_Nonnull q) {
#if defined(__SSE2__)
    const __m128i *a = (const __m128i *)p, *b = (const __m128i *)q;
    __m128i first = _mm_and_si128(
        _mm_cmpeq_epi8(_mm_loadu_si128(a), _mm_loadu_si128(b)),
        _mm_cmpeq_epi8(_mm_loadu_si128(a + 1), _mm_loadu_si128(b + 1)));
    __m128i second = _mm_and_si128(
        _mm_cmpeq_epi8(_mm_loadu_si128(a + 2), _mm_loadu_si128(b + 2)),
        _mm_cmpeq_epi8(_mm_loadu_si128(a + 3), _mm_loadu_si128(b + 3)));
    return (uint32_t)_mm_movemask_epi8(_mm_and_si128(first, second)) ^ 0xffff;
#else
    return memcmp(p, q, 64) != 0;
#endif
}

/// The 128-bit product's halves, folded: the mixing step of wyhash-like hashes.
CBYTES_INLINE uint64_t cbytes_fold_multiply(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// CRC-32C (Castagnoli, RFC 3720) of `count` bytes after those whose CRC is `crc`; starts with 0.
/// Uses the processor's instruction where it has one.
uint32_t cbytes_crc32c(uint32_t crc, const void *_Nonnull bytes, size_t count);

/// The same by table, for processors without the instruction and for tests.
uint32_t cbytes_crc32c_table(uint32_t crc, const void *_Nonnull bytes, size_t count);
