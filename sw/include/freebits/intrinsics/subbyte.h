// SPDX-License-Identifier: Apache-2.0
// Level xpulpnn: lanes of 4 (_n) and 2 bits (_c); _sc: operand 2 is lane 0 of b in every lane.
// Included by intrinsics.h.
#pragma once
// clang-format off

#define FB_LANES(shape, name)                        \
  shape(fb_##name##_n, "fb." #name ".n")             \
  shape(fb_##name##_sc_n, "fb." #name ".sc.n")       \
  shape(fb_##name##_c, "fb." #name ".c")             \
  shape(fb_##name##_sc_c, "fb." #name ".sc.c")

FB_LANES(FB_OP2, add)
FB_LANES(FB_OP2, sub)
FB_LANES(FB_OP2, avg)
FB_LANES(FB_OP2, avgu)
FB_LANES(FB_OP2, min)
FB_LANES(FB_OP2, minu)
FB_LANES(FB_OP2, max)
FB_LANES(FB_OP2, maxu)
FB_LANES(FB_OP2, srl)
FB_LANES(FB_OP2, sra)
FB_LANES(FB_OP2, sll)
FB_OP1(fb_abs_n, "fb.abs.n")
FB_OP1(fb_abs_c, "fb.abs.c")
// Dot products; s…: added to d. usp: a unsigned, b signed.
FB_LANES(FB_OP2, dotup)
FB_LANES(FB_OP2, dotusp)
FB_LANES(FB_OP2, dotsp)
FB_LANES(FB_ACC2, sdotup)
FB_LANES(FB_ACC2, sdotusp)
FB_LANES(FB_ACC2, sdotsp)

#undef FB_LANES
