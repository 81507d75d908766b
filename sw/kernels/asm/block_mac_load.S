// SPDX-License-Identifier: Apache-2.0
// Inner loops of convolutions at level flexv, for blocks of 4, 2 or 1 pixels x 4 channels:
//   DOT sum, a, w, load    sum += dot(fba<a>, fbw<w>), then loads one operand register
// block_mac_load.h makes asm statements of them. FIRST begins a sum, DOT adds to it. Weights are
// one sequential stream; activations go from pixel to pixel, then a word on. Loads run one word of
// activations and four of weights ahead; what they fetch behind the last row is not used.
//
// Registers
//   fba0 fba1         operand registers: a word of activations of an even and of an odd pixel
//   fbw0 ... fbw3     operand registers: words of weights of channels 0 ... 3
//   load              0 ... 3: fbw0 ... fbw3, 4: fba0, 5: fba1, 7: none
//   %[s0] ... %[sf]   sums, %[channel]: see requantize.S
//   %[n] %[rows]      steps of a kernel row; kernel rows after the first
//   %[a] %[row_step]  address of the first row, bytes from row to row
//   %[t] %[add]       temporaries: %[t] counts the first row's steps, is the row's address and a
//                     factor in turn
// Constants
//   %[slices]         words of activations of a pixel to one word of weights, or
//   %[reuse]          words of weights of a channel to one word of activations; one of them is 1
//
// Inner loops: every instruction is a dot product, but for one load more of a single pixel
//                  instructions                  dot products
//   4 pixels       16 * slices                   16 * slices
//   2 pixels       8 * slices * reuse            8 * slices * reuse
//   1 pixel        4 * slices * reuse + 1        4 * slices * reuse

// A pixel: its word of activations A times the words of weights; what each instruction loads.
.template FB_ML_4(DOT, A, LOAD0, LOAD1, LOAD2, LOAD3, S0, S1, S2, S3)
  {DOT} %[{S0}], {A}, 0, {LOAD0}
  {DOT} %[{S1}], {A}, 1, {LOAD1}
  {DOT} %[{S2}], {A}, 2, {LOAD2}
  {DOT} %[{S3}], {A}, 3, {LOAD3}
.end

// The last pixel; its instructions load the next weights where WEIGHTS says that they are due.
.template FB_ML_LAST(DOT, WEIGHTS, S0, S1, S2, S3)
  .if {WEIGHTS}
  FB_ML_4({DOT}, 1, 0, 1, 2, 3, {S0}, {S1}, {S2}, {S3})
  .else
  FB_ML_4({DOT}, 1, 7, 7, 7, 7, {S0}, {S1}, {S2}, {S3})
  .endif
.end

// Four pixels: a word of activations of each times the weights.
.template FB_SLICE_4(DOT, WEIGHTS)
  FB_ML_4({DOT}, 0, 5, 7, 7, 4, s0, s1, s2, s3)
  FB_ML_4({DOT}, 1, 7, 7, 7, 5, s4, s5, s6, s7)
  FB_ML_4({DOT}, 0, 7, 7, 7, 4, s8, s9, sa, sb)
  FB_ML_LAST({DOT}, {WEIGHTS}, sc, sd, se, sf)
.end
.template FB_STEP_4(FIRST, DOT)
7:
  FB_SLICE_4({FIRST}, %[slices] == 1)
  .set .Lfb_part, 2
  .rept %[slices] - 1
  FB_SLICE_4({DOT}, .Lfb_part == %[slices])
  .set .Lfb_part, .Lfb_part + 1
  .endr
  fbk.instructions 16 * %[slices]
.end

// Two pixels. PART counts words of the operand of which there are more, from 1.
.template FB_PART_2(DOT, PART)
  .if %[reuse] == 1
  FB_ML_4({DOT}, 0, 5, 7, 7, 4, s0, s1, s2, s3)
  .elseif {PART} == 1
  FB_ML_4({DOT}, 0, 5, 7, 7, 7, s0, s1, s2, s3)
  .elseif {PART} == %[reuse]
  FB_ML_4({DOT}, 0, 7, 7, 7, 4, s0, s1, s2, s3)
  .else
  FB_ML_4({DOT}, 0, 7, 7, 7, 7, s0, s1, s2, s3)
  .endif
  FB_ML_LAST({DOT}, %[reuse] > 1 || {PART} == %[slices], s4, s5, s6, s7)
.end
.template FB_STEP_2(FIRST, DOT)
7:
  FB_PART_2({FIRST}, 1)
  .set .Lfb_part, 2
  .rept %[slices] * %[reuse] - 1
  FB_PART_2({DOT}, .Lfb_part)
  .set .Lfb_part, .Lfb_part + 1
  .endr
  fbk.instructions 8 * %[slices] * %[reuse]
.end

// One pixel has more loads than dot products.
.template FB_PART_1(DOT, PART)
  .if %[reuse] > 1 || {PART} == %[slices]
  FB_ML_4({DOT}, 0, 0, 1, 2, 3, s0, s1, s2, s3)
  .if %[reuse] == 1 || {PART} == %[reuse]
  fb.mlsdotup zero, 0, 0, 4
  .endif
  .else
  FB_ML_4({DOT}, 0, 7, 7, 7, 4, s0, s1, s2, s3)
  .endif
.end
.template FB_STEP_1(FIRST, DOT)
7:
  FB_PART_1({FIRST}, 1)
  .set .Lfb_part, 2
  .rept %[slices] * %[reuse] - 1
  FB_PART_1({DOT}, .Lfb_part)
  .set .Lfb_part, .Lfb_part + 1
  .endr
  fbk.instructions 4 * %[slices] * %[reuse] + 1
.end

// All blocks of a unit, of any number of kernel rows and steps. STEP, REQUANTIZE and STORE are
// those of so many PIXELS. Hardware loop 0 goes over the steps of a kernel row, loop 1 over the
// kernel rows after the first; both end at 2.
.template FB_BLOCKS(PIXELS, STEP, REQUANTIZE, STORE, FIRST, DOT)
  .option push
  .option norvc
  fb.align_code
3:                          // a block; its first kernel row
  csrw %[address], %[a]
  csrwi %[skip], {PIXELS}
  fb.mlsdotup zero, 0, 0, 4
  addi %[t], %[n], -1
  {STEP}({FIRST}, {DOT})
  beqz %[t], 1f
  cv.setup 0, %[t], 1f
  {STEP}({DOT}, {DOT})      // inner loop
1:                          // its other kernel rows
  beqz %[rows], 2f
  mv %[t], %[a]
  cv.setup 1, %[rows], 2f
  add %[t], %[t], %[row_step]
  csrw %[address], %[t]
  csrwi %[skip], {PIXELS}
  fb.mlsdotup zero, 0, 0, 4
  cv.setup 0, %[n], 2f
  {STEP}({DOT}, {DOT})      // inner loop
2:                          // its outputs
  {REQUANTIZE}(%[t], %[add], zero, zero)
  {STORE}(%[to], %[pixel], %[back])
  bne %[channel], %[end], 3b
  .option pop
.end

// The same of one kernel row of several steps, as every pointwise layer has it: hardware loop 0
// goes over the steps after the first (%[n] of them), loop 1 over the blocks.
.template FB_ONE_ROW_BLOCKS(PIXELS, STEP, REQUANTIZE, STORE, FIRST, DOT)
  .option push
  .option norvc
  cv.starti 0, 1f
  cv.endi 0, 2f
  cv.setup 1, %[blocks], 3f
  csrw %[address], %[a]     // a block
  csrwi %[skip], {PIXELS}
  fb.mlsdotup zero, 0, 0, 4
  cv.count 0, %[n]
  {STEP}({FIRST}, {DOT})
1:
  {STEP}({DOT}, {DOT})      // inner loop
2:                          // its outputs
  {REQUANTIZE}(%[t], %[add], zero, zero)
  {STORE}(%[to], %[pixel], %[back])
3:
  .option pop
.end
