// SPDX-License-Identifier: Apache-2.0
// Outputs of a channel, four columns at a time, downwards, from its plane (planes.h) of lanes of
// `bits`: 8, or 4 or 2 from xpulpnn on. A word of a row holds the taps of all four outputs if it
// has lanes enough; what an output needs of it is picked by its weights, which stand at its place.
#pragma once

#include <stdint.h>

#include "epilogue.h"
#include "freebits/intrinsics.h"
#include "inline_asm.h"
#include "types.h"
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
#include "kernels/asm/depthwise.h"
#include "kernels/asm/pseudo.h"

__asm__(FB_PSEUDO_INSTRUCTIONS() FB_DEPTHWISE_MACROS() FB_PUT_MACRO());
#endif

/// Where the outputs of a channel go: bytes, of which it fills element `lane` (a constant). Four
/// bytes next to each other wait as a word in `staged` until the last channel of a byte has come.
struct fb_target {
  uint8_t* at;
  int32_t step;  // bytes from output to output
  int32_t row;   // from the last output of a row to the first of the next
  uint32_t lane;
  uint8_t* staged;
};

/// The same for all channels. In memory, so that it takes no registers.
struct fb_depthwise_walk {
  uint32_t rows, threes, rest;  // of outputs, at least 1; thirds of them, and those left
  int32_t next_from, next_to;   // bytes from behind four columns to the next four
};

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
/// What is the same for all channels.
struct fb_depthwise_shape {
  uint32_t bits, stride;  // constants
  uint32_t pitch;         // bytes from row to row of a plane
};

FB_INLINE struct fb_depthwise_walk fb_walk(struct fb_depthwise_shape s, uint32_t rows,
                                           uint32_t width, int32_t step) {
  const uint32_t rows_in = (rows - 1) * s.stride + 3;
  return (struct fb_depthwise_walk){
      rows,
      rows / 3,
      rows % 3,
      (int32_t)(s.stride * s.bits / 2) - (int32_t)(rows_in * s.pitch),
      (4 - (int32_t)(rows * width)) * step,
  };
}

/// Words of a row for four outputs.
FB_INLINE uint32_t fb_taps_words(uint32_t bits, uint32_t stride) {
  if (bits == 8) return stride == 1 ? 2 : 4;
  return bits == 4 && stride == 2 ? 2 : 1;
}

/// A row's weights of an output, one for each of those that share a word.
struct fb_depthwise_channel {
  uint32_t weights[4][3];
  struct fb_requant_channel requant;
};

/// The taps of the first output are `lane` lanes from the start of its word.
FB_INLINE struct fb_depthwise_channel fb_depthwise_channel_of(struct fb_depthwise_shape s,
                                                              const uint32_t* rows, uint32_t lane,
                                                              struct fb_requant_channel requant) {
  struct fb_depthwise_channel c = {.requant = requant};
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4 / fb_taps_words(s.bits, s.stride); ++i) {
#pragma clang loop unroll(full)
    for (uint32_t row = 0; row < 3; ++row) {
      c.weights[i][row] = rows[row] << (lane + i * s.stride) * s.bits;
    }
  }
  return c;
}

/// Where the taps of output `x` begin: lanes from the start of a plane, whose first word is zeros.
FB_INLINE uint32_t fb_plane_column(uint32_t pad_left, struct fb_depthwise_shape s, uint32_t x) {
  return 32 / s.bits - pad_left + x * s.stride;
}

FB_INLINE int32_t fb_taps_dot(struct fb_types types, uint32_t bits, uint32_t a, uint32_t w,
                              int32_t sum) {
  const uint32_t s = (uint32_t)sum;
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (bits == 4) return (int32_t)(types.in_signed ? fb_sdotsp_n(s, a, w) : fb_sdotusp_n(s, a, w));
  if (bits == 2) return (int32_t)(types.in_signed ? fb_sdotsp_c(s, a, w) : fb_sdotusp_c(s, a, w));
#endif
  (void)bits;
  return (int32_t)(types.in_signed ? cv_sdotsp_b(s, a, w) : cv_sdotusp_b(s, a, w));
}
FB_INLINE int32_t fb_taps_first_dot(struct fb_types types, uint32_t bits, uint32_t a, uint32_t w) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (bits == 4) return (int32_t)(types.in_signed ? fb_dotsp_n(a, w) : fb_dotusp_n(a, w));
  if (bits == 2) return (int32_t)(types.in_signed ? fb_dotsp_c(a, w) : fb_dotusp_c(a, w));
#endif
  (void)bits;
  return (int32_t)(types.in_signed ? cv_dotsp_b(a, w) : cv_dotusp_b(a, w));
}

// Operands of asm/depthwise.S that all its statements have.
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
#define FB_STRIDE_1_BYTES 576  // bounds, see inline_asm.h
#define FB_STRIDE_2_BYTES 280
#define FB_PUT_MORE_OPERANDS
#else
#define FB_STRIDE_1_BYTES 316
#define FB_STRIDE_2_BYTES 216
#define FB_PUT_MORE_OPERANDS \
  , [left] "r"(rescale.left), [shift] "r"(rescale.shift), [sign] "i"(types.out_signed)
#endif
#define FB_PUT_OPERANDS                                                                         \
  [step] "r"(to.step), [row] "r"(to.row), [mul] "r"(c->requant.mul), [add] "r"(c->requant.add), \
      [lane] "i"(to.lane), [out_bits] "i"(types.out_bits)FB_PUT_MORE_OPERANDS

// The weights of outputs that share a word, as many as there are words.
#define FB_ROW_OPERANDS(V) \
  [w##V##0] "r"(c->weights[V][0]), [w##V##1] "r"(c->weights[V][1]), [w##V##2] "r"(c->weights[V][2])
#define FB_WEIGHTS_OPERANDS_4 FB_ROW_OPERANDS(0)
#define FB_WEIGHTS_OPERANDS_2 FB_WEIGHTS_OPERANDS_4, FB_ROW_OPERANDS(1)
#define FB_WEIGHTS_OPERANDS_1 FB_WEIGHTS_OPERANDS_2, FB_ROW_OPERANDS(2), FB_ROW_OPERANDS(3)

#define FB_TAPS_OPERANDS_1(R) [R##0] "=&r"(R##0)
#define FB_TAPS_OPERANDS_2(R) FB_TAPS_OPERANDS_1(R), [R##1] "=&r"(R##1)
#define FB_TAPS_OPERANDS_4(R) FB_TAPS_OPERANDS_2(R), [R##2] "=&r"(R##2), [R##3] "=&r"(R##3)

#define FB_COLUMNS_OPERANDS(WORDS)                                                  \
  [next_from] "m"(walk->next_from), [next_to] "m"(walk->next_to),                   \
      [pitch] "r"((int32_t)s.pitch - 2 * (WORDS - 1)), FB_WEIGHTS_OPERANDS_##WORDS, \
      FB_PUT_OPERANDS

// clang-format off
#define FB_STRIDE_1(WORDS, FIRST, DOT)                                                   \
  __asm__ volatile(                                                                      \
    FB_MORE_BYTES(FB_STRIDE_1_BYTES)                                                     \
    FB_COLUMNS_STRIDE_1(#WORDS, FB_LOAD_ROW_##WORDS, FB_ROW_##WORDS, FIRST, DOT)         \
    : [from] "+r"(from), [to] "+r"(to.at), [staged] "+r"(to.staged), [s] "+r"(columns),  \
      [b] "=&r"(b), FB_TAPS_OPERANDS_##WORDS(p), FB_TAPS_OPERANDS_##WORDS(q),            \
      FB_TAPS_OPERANDS_##WORDS(r)                                                        \
    : [threes] "m"(walk->threes), [rest] "m"(walk->rest), FB_COLUMNS_OPERANDS(WORDS)     \
    : "memory")

#define FB_PASS_OPERANDS_1 [b] "=&r"(b)
#define FB_PASS_OPERANDS_2 FB_PASS_OPERANDS_1, [u] "=&r"(u)
#define FB_PASS_OPERANDS_4 FB_PASS_OPERANDS_2
#define FB_STRIDE_2(WORDS, FIRST, DOT)                                                   \
  __asm__ volatile(                                                                      \
    FB_MORE_BYTES(FB_STRIDE_2_BYTES)                                                     \
    FB_COLUMNS_STRIDE_2(#WORDS, FB_LOAD_ROW_##WORDS, FB_HALF_##WORDS, FIRST, DOT)        \
    : [from] "+r"(from), [to] "+r"(to.at), [staged] "+r"(to.staged), [s] "+r"(columns),  \
      [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), FB_TAPS_OPERANDS_##WORDS(p),       \
      FB_PASS_OPERANDS_##WORDS                                                           \
    : [rows] "m"(walk->rows), FB_COLUMNS_OPERANDS(WORDS)                                 \
    : "memory")
// clang-format on

// Of lanes of one width, with and without sign.
#define FB_COLUMNS_DOTS(STRIDE, WORDS, PREFIX, SUFFIX)                \
  do {                                                                \
    if (types.in_signed)                                              \
      STRIDE(WORDS, PREFIX "dotsp" SUFFIX, PREFIX "sdotsp" SUFFIX);   \
    else                                                              \
      STRIDE(WORDS, PREFIX "dotusp" SUFFIX, PREFIX "sdotusp" SUFFIX); \
  } while (0)

/// `columns` times four columns, at least once.
FB_INLINE void fb_columns(struct fb_types types, struct fb_depthwise_shape s,
                          const struct fb_depthwise_channel* c, struct fb_rescale rescale,
                          const uint8_t* from, struct fb_target to, uint32_t columns,
                          const struct fb_depthwise_walk* walk) {
  uint32_t s1, s2, s3, b, u, p0, p1, p2, p3, q0, q1, r0, r1;
  (void)rescale;
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (s.bits == 4 && s.stride == 1) FB_COLUMNS_DOTS(FB_STRIDE_1, 1, "fb.", ".n");
  if (s.bits == 2 && s.stride == 1) FB_COLUMNS_DOTS(FB_STRIDE_1, 1, "fb.", ".c");
  if (s.bits == 4 && s.stride == 2) FB_COLUMNS_DOTS(FB_STRIDE_2, 2, "fb.", ".n");
  if (s.bits == 2 && s.stride == 2) FB_COLUMNS_DOTS(FB_STRIDE_2, 1, "fb.", ".c");
#endif
  if (s.bits == 8 && s.stride == 1) FB_COLUMNS_DOTS(FB_STRIDE_1, 2, "cv.", ".b");
  if (s.bits == 8 && s.stride == 2) FB_COLUMNS_DOTS(FB_STRIDE_2, 4, "cv.", ".b");
}
#endif
