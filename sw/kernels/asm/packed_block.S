// SPDX-License-Identifier: Apache-2.0
// Inner loop of a fully connected layer whose weights are narrower than the lanes of its dot
// products (levels xpulpv2, xpulpnn): a block of 1 pixel x 4 channels. Weights are unpacked in
// place: signed, so at the top of their lanes (unpack.h). A word of weights gives lane / w_bits
// planes, each for a word of activations. The lowest plane takes a shift within the lanes alone,
// since what the shift moves up there is alone in its lane; the highest takes the mask alone.
//
// Registers
//   %[pa] %[pw]       addresses of the next word of activations and of weights
//   %[a0] ... %[a3]   words of activations, one for each plane
//   %[w0] ... %[w3]   packed words of weights of channels 0 ... 3
//   %[s0] ... %[s3]   sums, %[channel]: see requantize.S
//   %[t]              a plane of weights
//   %[mask]           the top w_bits of every lane     %[amount]  lane - w_bits
//   %[n]              words of weights of a kernel row and channel
//   %[rows]           kernel rows                      %[row_step]  bytes from row to row
// Constants: %[lane] %[w_bits]
//
// Inner loop: 4 loads of weights, planes loads of activations, and for each channel 2 instructions
// for the lowest and the highest plane and 3 for those between: 22 for 8 dot products of 2 planes,
// 48 for 16 of 4 planes.

// The planes of a channel's word of weights times the words of activations.
.template FB_PLANES(DOT, W, SUM)
  .if %[lane] == 8
  cv.sll.sci.b %[t], %[{W}], 8 - %[w_bits]
  .else
  fb.sll.sc.n %[t], %[{W}], %[amount]
  .endif
  {DOT} %[{SUM}], %[a0], %[t]
  .if %[lane] / %[w_bits] == 4
  slli %[t], %[{W}], 2 * %[w_bits]
  and %[t], %[t], %[mask]
  {DOT} %[{SUM}], %[a1], %[t]
  slli %[t], %[{W}], %[w_bits]
  and %[t], %[t], %[mask]
  {DOT} %[{SUM}], %[a2], %[t]
  and %[t], %[{W}], %[mask]
  {DOT} %[{SUM}], %[a3], %[t]
  .else
  and %[t], %[{W}], %[mask]
  {DOT} %[{SUM}], %[a1], %[t]
  .endif
.end

.template FB_PACKED_STEP(DOT)
7:
  cv.lw %[w0], (%[pw]), 4
  cv.lw %[w1], (%[pw]), 4
  cv.lw %[w2], (%[pw]), 4
  cv.lw %[w3], (%[pw]), 4
  cv.lw %[a0], (%[pa]), 4
  cv.lw %[a1], (%[pa]), 4
  .if %[lane] / %[w_bits] == 4
  cv.lw %[a2], (%[pa]), 4
  cv.lw %[a3], (%[pa]), 4
  .endif
  FB_PLANES({DOT}, w0, s0)
  FB_PLANES({DOT}, w1, s1)
  FB_PLANES({DOT}, w2, s2)
  FB_PLANES({DOT}, w3, s3)
  .if %[lane] / %[w_bits] == 4
  fbk.instructions 48
  .else
  fbk.instructions 22
  .endif
.end

// The block: hardware loop 0 goes over the steps of a kernel row, loop 1 over the kernel rows.
.template FB_PACKED_BLOCK(DOT)
  .option push
  .option norvc
  li %[s0], 0
  li %[s1], 0
  li %[s2], 0
  li %[s3], 0
  cv.setup 1, %[rows], 2f
  cv.setup 0, %[n], 1f
  FB_PACKED_STEP({DOT})
1:
  add %[pa], %[pa], %[row_step]
2:
  FB_REQUANTIZE_1(%[w0], %[w1], %[left], %[shift])
  FB_STORE_1(%[to], %[back], %[back])
  .option pop
.end
