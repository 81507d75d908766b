// SPDX-License-Identifier: Apache-2.0
// Level mixed: dot products of activations (a) and weights (b) of two widths. The widths and the
// slice of the narrower operand are CSR state which every call advances, hence volatile. Included
// by intrinsics.h.
#pragma once
// clang-format off

/// Codes of fb_width_code().
enum fb_width { kFb8Bit = 0, kFb4Bit = 1, kFb2Bit = 2 };

/// Widths of activations and weights, dot products per slice; starts at slice 0.
FB_INTRINSIC void fb_set_format(enum fb_width activations, enum fb_width weights,
                                uint32_t dots_per_slice) {
  csr_write(CSR_FBFMT, (uint32_t)activations | (uint32_t)weights << 4);
  csr_write(CSR_FBSKIP, dots_per_slice);
}

#define FB_MIXED(name)                                                             \
  FB_INTRINSIC uint32_t fb_##name##_m(uint32_t a, uint32_t b) {                    \
    uint32_t d;                                                                    \
    __asm__ volatile("fb." #name ".m %0, %1, %2" : "=r"(d) : "r"(a), "r"(b));      \
    return d;                                                                      \
  }
#define FB_MIXED_ACC(name)                                                         \
  FB_INTRINSIC uint32_t fb_##name##_m(uint32_t d, uint32_t a, uint32_t b) {        \
    __asm__ volatile("fb." #name ".m %0, %1, %2" : "+r"(d) : "r"(a), "r"(b));      \
    return d;                                                                      \
  }

FB_MIXED(dotup)
FB_MIXED(dotusp)
FB_MIXED(dotsp)
FB_MIXED_ACC(sdotup)
FB_MIXED_ACC(sdotusp)
FB_MIXED_ACC(sdotsp)

#undef FB_MIXED
#undef FB_MIXED_ACC
