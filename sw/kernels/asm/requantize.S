// SPDX-License-Identifier: Apache-2.0
// From the sums of a block of 1, 2 or 4 pixels x 4 channels to its stored outputs, in place: the
// outputs of a pixel end up packed in the register of its first sum. In assembly because the
// compiler, with all registers taken, would spill every sum. epilogue.h has the same in C.
//
// Registers and constants
//   %[s0] ... %[s3]   sums of pixel 0, channels 0 ... 3; then s4 ... s7 of pixel 1,
//                     s8 s9 sa sb of pixel 2, sc sd se sf of pixel 3
//   %[channel]        address of the next channel's struct fb_requant_channel; advances
//   MUL, ADD          the channel's factor and addend
//   LEFT, SHIFT       shifts of the layer (level xpulpv2; later levels have them in CSR fbquant)
//   %[bits] %[sign]   type of the outputs (constants)
//
// Instructions for 4 pixels x 4 channels: 4 * (2 + 4 * 2) = 40 from xpulpnn on,
// 4 * (2 + 4 * 5) - 4 = 84 at xpulpv2, and 4 to store.

#if FREEBITS_LEVEL >= LEVEL_XPULPNN
// A sum becomes element LANE of PACKED: 2 instructions.
.template FB_PUT_FIRST(SUM, MUL, ADD, LEFT, SHIFT)
  fb.scale %[{SUM}], %[{SUM}], {MUL}
  fb.qnt   %[{SUM}], %[{SUM}], {ADD}, 0
.end
.template FB_PUT(LANE, PACKED, SUM, MUL, ADD, LEFT, SHIFT)
  fb.scale %[{SUM}], %[{SUM}], {MUL}
  fb.qnt   %[{PACKED}], %[{SUM}], {ADD}, {LANE}
.end
#else
// A sum becomes element LANE of PACKED: 5 instructions, 4 for the first element.
.template FB_PUT_FIRST(SUM, MUL, ADD, LEFT, SHIFT)
  sll       %[{SUM}], %[{SUM}], {LEFT}
  mulhsu    %[{SUM}], %[{SUM}], {MUL}
  cv.addrnr %[{SUM}], {ADD}, {SHIFT}      // rounds, shifts to the right
  fbk.clip  %[{SUM}], %[bits], %[sign]
.end
.template FB_PUT(LANE, PACKED, SUM, MUL, ADD, LEFT, SHIFT)
  FB_PUT_FIRST({SUM}, {MUL}, {ADD}, {LEFT}, {SHIFT})
  cv.insert %[{PACKED}], %[{SUM}], %[bits] - 1, %[bits] * {LANE}
.end
#endif

// The factor and the addend of the next channel.
.template FB_LOAD_CHANNEL(MUL, ADD)
  cv.lw {MUL}, (%[channel]), 4
  cv.lw {ADD}, (%[channel]), 4
.end

// A channel of four pixels, of two: its sums.
.template FB_PUT_4(LANE, S0, S1, S2, S3, MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT({LANE}, s0, {S0}, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT({LANE}, s4, {S1}, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT({LANE}, s8, {S2}, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT({LANE}, sc, {S3}, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end
.template FB_PUT_2(LANE, S0, S1, MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT({LANE}, s0, {S0}, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT({LANE}, s4, {S1}, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end
.template FB_PUT_1(LANE, S0, MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT({LANE}, s0, {S0}, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end

// All sums of four pixels, of two, of one.
.template FB_REQUANTIZE_4(MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT_FIRST(s0, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_FIRST(s4, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_FIRST(s8, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_FIRST(sc, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_4(1, s1, s5, s9, sd, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_4(2, s2, s6, sa, se, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_4(3, s3, s7, sb, sf, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end
.template FB_REQUANTIZE_2(MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT_FIRST(s0, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_FIRST(s4, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_2(1, s1, s5, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_2(2, s2, s6, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_2(3, s3, s7, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end
.template FB_REQUANTIZE_1(MUL, ADD, LEFT, SHIFT)
  FB_LOAD_CHANNEL({MUL}, {ADD})
  FB_PUT_FIRST(s0, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_1(1, s1, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_1(2, s2, {MUL}, {ADD}, {LEFT}, {SHIFT})
  FB_PUT_1(3, s3, {MUL}, {ADD}, {LEFT}, {SHIFT})
.end

// The packed outputs of all pixels: PIXEL bytes from pixel to pixel, BACK from the last one to the
// first one's next four channels.
.template FB_STORE_4(TO, PIXEL, BACK)
  fbk.store4 %[bits], %[s0], {TO}, {PIXEL}
  fbk.store4 %[bits], %[s4], {TO}, {PIXEL}
  fbk.store4 %[bits], %[s8], {TO}, {PIXEL}
  fbk.store4 %[bits], %[sc], {TO}, {BACK}
.end
.template FB_STORE_2(TO, PIXEL, BACK)
  fbk.store4 %[bits], %[s0], {TO}, {PIXEL}
  fbk.store4 %[bits], %[s4], {TO}, {BACK}
.end
.template FB_STORE_1(TO, PIXEL, BACK)
  fbk.store4 %[bits], %[s0], {TO}, {BACK}
.end
