// SPDX-License-Identifier: Apache-2.0
// Plain-C definitions of the lane-wise instructions, for lanes of `w` bits.
#pragma once

#include <stdint.h>

static inline uint32_t lane_u(uint32_t vector, unsigned i, unsigned w) {
  return vector >> (i * w) & ((w == 32 ? 0 : 1U << w) - 1);
}

static inline int32_t lane_s(uint32_t vector, unsigned i, unsigned w) {
  return (int32_t)(lane_u(vector, i, w) << (32 - w)) >> (32 - w);
}

static inline int32_t extend(uint32_t lane, unsigned w) { return lane_s(lane, 0, w); }

/// The vector whose every lane is `value`.
static inline uint32_t replicate(uint32_t value, unsigned w) {
  uint32_t vector = 0;
  for (unsigned i = 0; i < 32 / w; ++i) vector |= lane_u(value, 0, w) << (i * w);
  return vector;
}

typedef uint32_t (*lane_op)(uint32_t x, uint32_t y, unsigned w);

static inline uint32_t lanes(lane_op op, uint32_t a, uint32_t b, unsigned w) {
  uint32_t result = 0;
  for (unsigned i = 0; i < 32 / w; ++i) {
    result |= lane_u(op(lane_u(a, i, w), lane_u(b, i, w), w), 0, w) << (i * w);
  }
  return result;
}

// One lane each: x, y zero-extended.
#define LANE_OP(name, expression)                                          \
  static inline uint32_t lane_##name(uint32_t x, uint32_t y, unsigned w) { \
    const int32_t sx = extend(x, w), sy = extend(y, w);                    \
    (void)sx, (void)sy, (void)y, (void)w;                                  \
    return (uint32_t)(expression);                                         \
  }
LANE_OP(add, x + y)
LANE_OP(sub, x - y)
LANE_OP(avg, extend(x + y, w) >> 1)
LANE_OP(avgu, lane_u(x + y, 0, w) >> 1)
LANE_OP(min, sx < sy ? sx : sy)
LANE_OP(minu, x < y ? x : y)
LANE_OP(max, sx > sy ? sx : sy)
LANE_OP(maxu, x > y ? x : y)
LANE_OP(srl, x >> (y & (w - 1)))
LANE_OP(sra, sx >> (y & (w - 1)))
LANE_OP(sll, x << (y & (w - 1)))
LANE_OP(or, x | y)
LANE_OP(xor, x ^ y)
LANE_OP(and, x& y)
LANE_OP(abs, sx < 0 ? -sx : sx)
LANE_OP(cmpeq, x == y ? ~0U : 0)
LANE_OP(cmpne, x != y ? ~0U : 0)
LANE_OP(cmpgt, sx > sy ? ~0U : 0)
LANE_OP(cmpge, sx >= sy ? ~0U : 0)
LANE_OP(cmplt, sx < sy ? ~0U : 0)
LANE_OP(cmple, sx <= sy ? ~0U : 0)
LANE_OP(cmpgtu, x > y ? ~0U : 0)
LANE_OP(cmpgeu, x >= y ? ~0U : 0)
LANE_OP(cmpltu, x < y ? ~0U : 0)
LANE_OP(cmpleu, x <= y ? ~0U : 0)
#undef LANE_OP

/// Σ of lane products; `signs`: bit 1 = a signed, bit 0 = b signed. Lanes of b of `wb` bits start
/// at lane `first`.
static inline uint32_t dot_mixed(uint32_t a, unsigned wa, uint32_t b, unsigned wb, unsigned first_a,
                                 unsigned first_b, unsigned n, unsigned signs) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    const uint32_t x =
        signs & 2 ? (uint32_t)lane_s(a, first_a + i, wa) : lane_u(a, first_a + i, wa);
    const uint32_t y =
        signs & 1 ? (uint32_t)lane_s(b, first_b + i, wb) : lane_u(b, first_b + i, wb);
    sum += x * y;
  }
  return sum;
}

enum { kUp = 0, kUsp = 1, kSp = 3 };

static inline uint32_t dot(uint32_t a, uint32_t b, unsigned w, unsigned signs) {
  return dot_mixed(a, w, b, w, 0, 0, 32 / w, signs);
}
