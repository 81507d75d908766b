// SPDX-License-Identifier: Apache-2.0
// Level xpulpnn: requantization (rtl/README.md). What the instructions do depends on CSR state,
// hence volatile: they keep their order with fb_set_quant(). Included by intrinsics.h.
#pragma once
// clang-format off

/// Code of an element's width (8, 4, 2 bits) in CSRs fbquant and fbfmt: 0, 1, 2.
FB_INTRINSIC uint32_t fb_width_code(uint32_t bits) { return bits == 8 ? 0 : bits == 4 ? 1 : 2; }

/// Left shift before and right shift after the multiplication, width (8, 4, 2) and sign of the
/// outputs.
FB_INTRINSIC void fb_set_quant(uint32_t pre, uint32_t shift, uint32_t out_bits,
                               uint32_t out_signed) {
  csr_write(CSR_FBQUANT, shift | pre << 8 | fb_width_code(out_bits) << 16 | out_signed << 20);
}

/// (a << pre) * b / 2^32, a with sign.
FB_INTRINSIC uint32_t fb_scale(uint32_t a, uint32_t b) {
  uint32_t d;
  __asm__ volatile("fb.scale %0, %1, %2" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

/// d with lane `lane` replaced by a + b, rounded, shifted, clipped.
FB_INTRINSIC uint32_t fb_qnt(uint32_t d, uint32_t a, uint32_t b, int lane) {
  __asm__ volatile("fb.qnt %0, %1, %2, %3" : "+r"(d) : "r"(a), "r"(b), "i"(lane));
  return d;
}
