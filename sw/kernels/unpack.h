// SPDX-License-Identifier: Apache-2.0
// Narrow elements into wider lanes, for levels without instructions for them: plane p of a word
// holds the p-th element of every lane. Signed elements go to the top of their lane
// (kernel_layout.h: fb_sum_scale), so that a plane is a shift and a mask.
#pragma once

#include <stdint.h>

#include "types.h"

/// Every lane of `lane_bits` masked by its lowest or highest `bits`.
FB_INLINE uint32_t fb_lane_mask(uint32_t bits, uint32_t lane_bits, int top) {
  const uint32_t lane = ((1U << bits) - 1) << (top ? lane_bits - bits : 0);
  uint32_t mask = 0;
  for (uint32_t at = 0; at < 32; at += lane_bits) mask |= lane << at;
  return mask;
}

FB_INLINE uint32_t fb_plane(uint32_t word, uint32_t plane, uint32_t bits, uint32_t lane_bits,
                            int is_signed) {
  const uint32_t mask = fb_lane_mask(bits, lane_bits, is_signed);
  if (!is_signed) return (word >> (plane * bits)) & mask;
  return (word << (lane_bits - bits * (plane + 1))) & mask;
}

/// `words` words of elements of `bits`; each gives lane_bits / bits words.
FB_INLINE uint32_t* fb_unpack(uint32_t* to, const uint32_t* from, uint32_t words, uint32_t bits,
                              uint32_t lane_bits, int is_signed) {
  const uint32_t planes = lane_bits / bits;
  for (; words != 0; --words) {
    const uint32_t word = *from++;
#pragma clang loop unroll(full)
    for (uint32_t plane = 0; plane < planes; ++plane) {
      *to++ = fb_plane(word, plane, bits, lane_bits, is_signed);
    }
  }
  return to;
}
