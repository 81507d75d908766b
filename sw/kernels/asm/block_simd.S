// SPDX-License-Identifier: Apache-2.0
// Inner loops of convolutions at levels xpulpv2, xpulpnn and mixed: dot products of operands in
// general-purpose registers, for blocks of 4, 2 or 1 pixels x 4 channels. block_simd.h makes asm
// statements of them. FIRST and DOT are mnemonics: FIRST begins a sum, DOT adds to it.
//
// Registers
//   %[pa] %[pw]       addresses of the next word of activations and of weights
//   %[st]             bytes from pixel to pixel
//   %[rb]             bytes from the last pixel back to the next word of the first one
//   %[a0] %[a1]       words of activations of two pixels (of one: two words of it)
//   %[w0] ... %[w3]   words of weights of channels 0 ... 3; between the loops: temporaries
//   %[s0] ... %[sf]   sums, %[channel]: see requantize.S
//   %[n]              steps of a kernel row
// Constants
//   %[slices]         words of activations of a pixel to one word of weights, or
//   %[reuse]          words of weights of a channel to one word of activations; one of them is 1,
//                     below mixed both are
//
// Inner loops: instructions of a step, and its dot products of words
//                  instructions                                dot products
//   4 pixels       4 + 20 * slices                             16 * slices
//   2 pixels       2 * slices + 4 * reuse + 8 * slices * reuse 8 * slices * reuse
//   1 pixel        slices + 4 * reuse + 4 * slices * reuse     4 * slices * reuse
// With both 1: 24 for 16, 14 for 8, 9 for 4. No load is used by the instruction behind it.

// The next word of weights of four channels.
.template FB_LOAD_WEIGHTS()
  cv.lw %[w0], (%[pw]), 4
  cv.lw %[w1], (%[pw]), 4
  cv.lw %[w2], (%[pw]), 4
  cv.lw %[w3], (%[pw]), 4
.end

// A word of activations of a pixel times those weights.
.template FB_DOTS_4(DOT, A, S0, S1, S2, S3)
  {DOT} %[{S0}], %[{A}], %[w0]
  {DOT} %[{S1}], %[{A}], %[w1]
  {DOT} %[{S2}], %[{A}], %[w2]
  {DOT} %[{S3}], %[{A}], %[w3]
.end

// Four pixels: a word of activations of each times the weights.
.template FB_SLICE_4(DOT)
  cv.lw %[a0], (%[pa]), %[st]
  cv.lw %[a1], (%[pa]), %[st]
  FB_DOTS_4({DOT}, a0, s0, s1, s2, s3)
  cv.lw %[a0], (%[pa]), %[st]
  FB_DOTS_4({DOT}, a1, s4, s5, s6, s7)
  cv.lw %[a1], (%[pa]), %[rb]
  FB_DOTS_4({DOT}, a0, s8, s9, sa, sb)
  FB_DOTS_4({DOT}, a1, sc, sd, se, sf)
.end
.template FB_STEP_4(FIRST, DOT)
7:
  FB_LOAD_WEIGHTS()
  FB_SLICE_4({FIRST})
  .rept %[slices] - 1
  FB_SLICE_4({DOT})
  .endr
  fbk.instructions 4 + 20 * %[slices]
.end

// Two pixels.
.template FB_DOTS_8(DOT)
  FB_DOTS_4({DOT}, a0, s0, s1, s2, s3)
  FB_DOTS_4({DOT}, a1, s4, s5, s6, s7)
.end
.template FB_STEP_2(FIRST, DOT)
7:
  cv.lw %[a0], (%[pa]), %[st]
  cv.lw %[a1], (%[pa]), %[rb]
  FB_LOAD_WEIGHTS()
  FB_DOTS_8({FIRST})
  .rept %[reuse] - 1
  FB_LOAD_WEIGHTS()
  FB_DOTS_8({DOT})
  .endr
  .rept %[slices] - 1
  cv.lw %[a0], (%[pa]), %[st]
  cv.lw %[a1], (%[pa]), %[rb]
  FB_DOTS_8({DOT})
  .endr
  fbk.instructions 2 * %[slices] + 4 * %[reuse] + 8 * %[slices] * %[reuse]
.end

// One pixel; with 2 or 4 words of activations to one of weights, loads run a word ahead.
.template FB_STEP_1(FIRST, DOT)
7:
  cv.lw %[a0], (%[pa]), 4
  FB_LOAD_WEIGHTS()
  FB_DOTS_4({FIRST}, a0, s0, s1, s2, s3)
  .rept %[reuse] - 1
  FB_LOAD_WEIGHTS()
  FB_DOTS_4({DOT}, a0, s0, s1, s2, s3)
  .endr
  .if %[slices] > 1
  cv.lw %[a1], (%[pa]), 4
  .rept (%[slices] - 2) / 2
  cv.lw %[a0], (%[pa]), 4
  FB_DOTS_4({DOT}, a1, s0, s1, s2, s3)
  cv.lw %[a1], (%[pa]), 4
  FB_DOTS_4({DOT}, a0, s0, s1, s2, s3)
  .endr
  FB_DOTS_4({DOT}, a1, s0, s1, s2, s3)
  .endif
  fbk.instructions %[slices] + 4 * %[reuse] + 4 * %[slices] * %[reuse]
.end

// The shifts of the layer, to where FB_REQUANTIZE takes them; later levels have them in a CSR.
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
.template FB_LOAD_RESCALE()
.end
#else
.template FB_LOAD_RESCALE()
  lw %[w2], %[left]
  lw %[w3], %[shift]
.end
#endif

// All blocks of a unit, of any number of kernel rows and steps. STEP, REQUANTIZE and STORE are
// those of its number of pixels. Hardware loop 0 goes over the steps of a kernel row, loop 1 over
// the kernel rows after the first; both end at 2. No register is left beside these, so what is
// needed once a row or once a block comes from memory.
.template FB_BLOCKS(STEP, REQUANTIZE, STORE, FIRST, DOT)
  .option push
  .option norvc
  fb.align_code
3:                          // a block; its first kernel row
  lw %[pa], %[a]
  {STEP}({FIRST}, {DOT})
  addi %[w0], %[n], -1
  beqz %[w0], 1f
  cv.setup 0, %[w0], 1f
  {STEP}({DOT}, {DOT})      // inner loop
1:                          // its other kernel rows
  lw %[w0], %[rows]
  beqz %[w0], 2f
  cv.setup 1, %[w0], 2f
  lw %[w1], %[row_step]
  add %[pa], %[pa], %[w1]
  cv.setup 0, %[n], 2f
  {STEP}({DOT}, {DOT})      // inner loop
2:                          // its outputs
  FB_LOAD_RESCALE()
  {REQUANTIZE}(%[w0], %[w1], %[w2], %[w3])
  lw %[w0], %[to]
  lw %[w1], %[pixel]
  lw %[w2], %[back]
  lw %[w3], %[end]
  {STORE}(%[w0], %[w1], %[w2])
  sw %[w0], %[to]
  bne %[channel], %[w3], 3b
  .option pop
.end

// The same of one kernel row of several steps, as every pointwise layer has it: hardware loop 0
// goes over the steps after the first, loop 1 over the blocks.
.template FB_ONE_ROW_BLOCKS(STEP, REQUANTIZE, STORE, FIRST, DOT)
  .option push
  .option norvc
  lw %[w0], %[blocks]
  cv.starti 0, 1f
  cv.endi 0, 2f
  cv.setup 1, %[w0], 3f
  lw %[w0], %[more]         // a block
  lw %[pa], %[a]
  cv.count 0, %[w0]
  {STEP}({FIRST}, {DOT})
1:
  {STEP}({DOT}, {DOT})      // inner loop
2:                          // its outputs
  FB_LOAD_RESCALE()
  {REQUANTIZE}(%[w0], %[w1], %[w2], %[w3])
  lw %[w1], %[pixel]
  lw %[w2], %[back]
  {STORE}(%[to], %[w1], %[w2])
3:
  .option pop
.end
