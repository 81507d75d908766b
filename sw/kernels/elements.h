// SPDX-License-Identifier: Apache-2.0
// Four channels of a pixel, element by element.
#pragma once

#include <stdint.h>

#include "freebits/intrinsics.h"
#include "types.h"

/// The packed elements at `from`, the first in the lowest bits.
FB_INLINE uint32_t fb_load4(uint32_t bits, const uint8_t* from) {
  if (bits == 8) return *(const uint32_t*)from;
  if (bits == 4) return *(const uint16_t*)from;
  return *from;
}

/// Element `i` (a constant) of a packed word.
FB_INLINE int32_t fb_element(uint32_t word, uint32_t i, uint32_t bits, int is_signed) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return (int32_t)(is_signed ? cv_extract(word, bits - 1, bits * i)
                             : cv_extractu(word, bits - 1, bits * i));
#else
  const uint32_t up = word << (32 - bits * (i + 1));
  return is_signed ? (int32_t)up >> (32 - bits) : (int32_t)(up >> (32 - bits));
#endif
}

/// A value clipped to its type.
FB_INLINE int32_t fb_clip(int32_t value, uint32_t bits, int is_signed) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return (int32_t)(is_signed ? cv_clip((uint32_t)value, bits)
                             : cv_clipu((uint32_t)value, bits + 1));
#else
  const int32_t low = is_signed ? -(1 << (bits - 1)) : 0;
  const int32_t high = (1 << (bits - is_signed)) - 1;
  return value < low ? low : value > high ? high : value;
#endif
}
