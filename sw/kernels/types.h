// SPDX-License-Identifier: Apache-2.0
// The types of operands as compile-time constants.
#pragma once

#define FB_INLINE static inline __attribute__((always_inline, unused))

#define FB_BITS_u8 8
#define FB_BITS_u4 4
#define FB_BITS_u2 2
#define FB_BITS_s8 8
#define FB_BITS_s4 4
#define FB_BITS_s2 2
#define FB_SIGNED_u8 0
#define FB_SIGNED_u4 0
#define FB_SIGNED_u2 0
#define FB_SIGNED_s8 1
#define FB_SIGNED_s4 1
#define FB_SIGNED_s2 1

/// Always a constant: every function that takes one is inlined.
struct fb_types {
  uint32_t in_bits, in_signed, w_bits, out_bits, out_signed;
};
#define FB_TYPES(in, w, out) \
  ((struct fb_types){FB_BITS_##in, FB_SIGNED_##in, FB_BITS_##w, FB_BITS_##out, FB_SIGNED_##out})
