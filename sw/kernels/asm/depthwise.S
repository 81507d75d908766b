// SPDX-License-Identifier: Apache-2.0
// Depthwise 3x3, levels xpulpv2 and above: four columns of outputs of a channel, row after row, and
// then the next four columns. depthwise_columns.h makes asm statements of the templates. FIRST and
// DOT are mnemonics: FIRST begins a sum, DOT adds to it. WORDS: words of a row with the taps of
// four outputs.
//
// Registers
//   %[from] %[pitch]    address of the next word of the plane; bytes from the last word of a row
//                       to the first one of the next
//   %[p0] ... %[r3]     words of rows p, q and r of taps
//   %[w00] ... %[w32]   weights of the outputs that share a word: output, row
//   %[s] %[s1] ... %[s3] sums; %[s] is a temporary between the loops
//   %[to]               address of the next output
//   %[step] %[row]      bytes from output to output, from the last output of a row to the next row
//   %[b]                outputs narrower than a byte: four bytes in the making
//   %[staged]           address where these four bytes wait for the next channel (lane)
//   %[mul] %[add]       factor and addend of the channel
//   %[left] %[shift]    shifts of the layer (xpulpv2; later levels have them in CSR fbquant)
// Constants
//   %[out_bits] %[sign] type of the outputs
//   %[lane]             element of its byte that the channel fills
//
// Inner loops, in instructions; both do 12 dot products of three taps for each four outputs:
//   stride 1   3 * (WORDS + 12 + outputs)       three rows of outputs
//   stride 2   2 * WORDS + 12 + outputs         one row of outputs
// where outputs are the instructions that requantize and store four outputs: of 8 bits 12 from
// xpulpnn on and 20 at xpulpv2; narrower 8 and 20, 1 more to load and 1 or (last lane) 8 to store.

// Macros of the assembler, as in pseudo.S: what depends on the type of the outputs and on the lane.
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
// Output I of four from its sum: 2 instructions, 3 of 8 bits. STEP: to where the next one goes.
.template FB_PUT_COLUMN(I, SUM, STEP)
  fb.scale %[{SUM}], %[{SUM}], %[mul]
  fbk.put {I}, %[{SUM}], %[out_bits], %[lane], %[b], %[to], %[{STEP}], %[add]
.end
// The second one, and the third one: to memory, or element `lane` of byte `i` of `packed`.
.template FB_PUT_MACRO()
  .set .Lfb_put_8, 3
  .set .Lfb_put_narrow, 2
  .macro fbk.put i, sum, bits, lane, packed, to, step, add
  .if \bits == 8
  fb.qnt \sum, \sum, \add, 0
  cv.sb \sum, (\to), \step
  .else
  fb.qnt \packed, \sum, \add, \i * 8 / \bits + \lane
  .endif
  .endm
.end
#else
// Output I of four from its sum: 5 instructions. STEP: to where the next one goes.
.template FB_PUT_COLUMN(I, SUM, STEP)
  sll %[{SUM}], %[{SUM}], %[left]
  mulhsu %[{SUM}], %[{SUM}], %[mul]
  cv.addrnr %[{SUM}], %[add], %[shift]
  fbk.clip %[{SUM}], %[out_bits], %[sign]
  fbk.put {I}, %[{SUM}], %[out_bits], %[lane], %[b], %[to], %[{STEP}]
.end
// The last one: to memory, or element `lane` of byte `i` of `packed`.
.template FB_PUT_MACRO()
  .set .Lfb_put_8, 5
  .set .Lfb_put_narrow, 5
  .macro fbk.put i, sum, bits, lane, packed, to, step
  .if \bits == 8
  cv.sb \sum, (\to), \step
  .else
  cv.insert \packed, \sum, \bits - 1, \i * 8 + \bits * \lane
  .endif
  .endm
.end
#endif

.template FB_DEPTHWISE_MACROS()
// Before four outputs: what the channels of the lower lanes have left of their bytes.
  .macro fbk.begin lane, packed, staged
  .if \lane
  lw \packed, 0(\staged)
  .endif
  .endm

// Behind four outputs: their bytes to memory, or to where the channel of the next lane finds them.
  .macro fbk.end bits, lane, packed, staged, to, step, row
  .if \bits != 8
  .if (\lane + 1) * \bits == 8
  addi \staged, \staged, 4
  cv.sb \packed, (\to), \step
  srli \packed, \packed, 8
  cv.sb \packed, (\to), \step
  srli \packed, \packed, 8
  cv.sb \packed, (\to), \step
  srli \packed, \packed, 8
  cv.sb \packed, (\to), \row
  .else
  cv.sw \packed, (\staged), 4
  .endif
  .endif
  .endm

// Checks the instructions of a loop: `rows` times `count` and those of four outputs.
  .macro fbk.row_instructions rows, count, bits, lane
  .if \bits == 8
  .set .Lfb_outputs, 4 * .Lfb_put_8
  .elseif (\lane + 1) * \bits == 8
  .set .Lfb_outputs, 4 * .Lfb_put_narrow + 8
  .else
  .set .Lfb_outputs, 4 * .Lfb_put_narrow + 1
  .endif
  .if \lane
  .set .Lfb_outputs, .Lfb_outputs + 1
  .endif
  fbk.instructions \rows * (\count + .Lfb_outputs)
  .endm
.end

// Words of the next row of the plane.
.template FB_LOAD_ROW_1(R)
  cv.lw %[{R}0], (%[from]), %[pitch]
.end
.template FB_LOAD_ROW_2(R)
  cv.lw %[{R}0], (%[from]), 2
  cv.lw %[{R}1], (%[from]), %[pitch]
.end
.template FB_LOAD_ROW_4(R)
  cv.lw %[{R}0], (%[from]), 2
  cv.lw %[{R}1], (%[from]), 2
  cv.lw %[{R}2], (%[from]), 2
  cv.lw %[{R}3], (%[from]), %[pitch]
.end

// ---- Stride 1: four outputs, whose rows P and Q are in registers; R is loaded.
// Output I from its words of the three rows, with the weights of number W.
.template FB_COLUMN(FIRST, DOT, I, P, Q, R, W, STEP)
  {FIRST} %[s], %[{P}], %[w{W}0]
  {DOT} %[s], %[{Q}], %[w{W}1]
  {DOT} %[s], %[{R}], %[w{W}2]
  FB_PUT_COLUMN({I}, s, {STEP})
.end
.template FB_ROW_1(FIRST, DOT, P, Q, R)
  FB_LOAD_ROW_1({R})
  fbk.begin %[lane], %[b], %[staged]
  FB_COLUMN({FIRST}, {DOT}, 0, {P}0, {Q}0, {R}0, 0, step)
  FB_COLUMN({FIRST}, {DOT}, 1, {P}0, {Q}0, {R}0, 1, step)
  FB_COLUMN({FIRST}, {DOT}, 2, {P}0, {Q}0, {R}0, 2, step)
  FB_COLUMN({FIRST}, {DOT}, 3, {P}0, {Q}0, {R}0, 3, row)
  fbk.end %[out_bits], %[lane], %[b], %[staged], %[to], %[step], %[row]
.end
.template FB_ROW_2(FIRST, DOT, P, Q, R)
  FB_LOAD_ROW_2({R})
  fbk.begin %[lane], %[b], %[staged]
  FB_COLUMN({FIRST}, {DOT}, 0, {P}0, {Q}0, {R}0, 0, step)
  FB_COLUMN({FIRST}, {DOT}, 1, {P}0, {Q}0, {R}0, 1, step)
  FB_COLUMN({FIRST}, {DOT}, 2, {P}1, {Q}1, {R}1, 0, step)
  FB_COLUMN({FIRST}, {DOT}, 3, {P}1, {Q}1, {R}1, 1, row)
  fbk.end %[out_bits], %[lane], %[b], %[staged], %[to], %[step], %[row]
.end

// Hardware loop 1 goes over the columns, loop 0 over thirds of the rows: the rows' registers take
// turns. What is needed once for four columns is in memory.
.template FB_COLUMNS_STRIDE_1(WORDS, LOAD_ROW, ROW, FIRST, DOT)
  .option push
  .option norvc
  cv.setup 1, %[s], 4f
  lw %[s], %[threes]
  {LOAD_ROW}(p)
  {LOAD_ROW}(q)
  cv.beqimm %[s], 0, 1f
  cv.setup 0, %[s], 1f
7:                                  // inner loop
  {ROW}({FIRST}, {DOT}, p, q, r)
  {ROW}({FIRST}, {DOT}, q, r, p)
  {ROW}({FIRST}, {DOT}, r, p, q)
  fbk.row_instructions 3, {WORDS} + 12, %[out_bits], %[lane]
1:                                  // one or two rows are left, or none
  lw %[s], %[rest]
  cv.beqimm %[s], 0, 2f
  {ROW}({FIRST}, {DOT}, p, q, r)
  lw %[s], %[rest]
  cv.beqimm %[s], 1, 2f
  {ROW}({FIRST}, {DOT}, q, r, p)
2:
  FB_NEXT_COLUMNS()
4:
  .option pop
.end
.template FB_NEXT_COLUMNS()
  lw %[s], %[next_from]
  lw %[b], %[next_to]
  add %[from], %[from], %[s]
  add %[to], %[to], %[b]
.end

// ---- Stride 2: four outputs. Row p is in registers; the second row passes through %[b] and %[u];
// the third one becomes the next outputs' row p.
.template FB_HALF_1(FIRST, DOT)
  cv.lw %[b], (%[from]), %[pitch]
  {FIRST} %[s], %[p0], %[w00]
  {FIRST} %[s1], %[p0], %[w10]
  {FIRST} %[s2], %[p0], %[w20]
  {FIRST} %[s3], %[p0], %[w30]
  cv.lw %[p0], (%[from]), %[pitch]
  {DOT} %[s], %[b], %[w01]
  {DOT} %[s1], %[b], %[w11]
  {DOT} %[s2], %[b], %[w21]
  {DOT} %[s3], %[b], %[w31]
  {DOT} %[s], %[p0], %[w02]
  {DOT} %[s1], %[p0], %[w12]
  {DOT} %[s2], %[p0], %[w22]
  {DOT} %[s3], %[p0], %[w32]
.end
.template FB_HALF_2(FIRST, DOT)
  cv.lw %[b], (%[from]), 2
  cv.lw %[u], (%[from]), %[pitch]
  {FIRST} %[s], %[p0], %[w00]
  {FIRST} %[s1], %[p0], %[w10]
  {FIRST} %[s2], %[p1], %[w00]
  {FIRST} %[s3], %[p1], %[w10]
  cv.lw %[p0], (%[from]), 2
  cv.lw %[p1], (%[from]), %[pitch]
  {DOT} %[s], %[b], %[w01]
  {DOT} %[s1], %[b], %[w11]
  {DOT} %[s2], %[u], %[w01]
  {DOT} %[s3], %[u], %[w11]
  {DOT} %[s], %[p0], %[w02]
  {DOT} %[s1], %[p0], %[w12]
  {DOT} %[s2], %[p1], %[w02]
  {DOT} %[s3], %[p1], %[w12]
.end
.template FB_HALF_4(FIRST, DOT)
  cv.lw %[b], (%[from]), 2
  {FIRST} %[s], %[p0], %[w00]
  cv.lw %[u], (%[from]), 2
  {FIRST} %[s1], %[p1], %[w00]
  {DOT} %[s], %[b], %[w01]
  cv.lw %[b], (%[from]), 2
  {FIRST} %[s2], %[p2], %[w00]
  {DOT} %[s1], %[u], %[w01]
  cv.lw %[u], (%[from]), %[pitch]
  {FIRST} %[s3], %[p3], %[w00]
  {DOT} %[s2], %[b], %[w01]
  FB_LOAD_ROW_4(p)
  {DOT} %[s3], %[u], %[w01]
  {DOT} %[s], %[p0], %[w02]
  {DOT} %[s1], %[p1], %[w02]
  {DOT} %[s2], %[p2], %[w02]
  {DOT} %[s3], %[p3], %[w02]
.end

// Hardware loop 1 goes over the columns, loop 0 over the rows.
.template FB_COLUMNS_STRIDE_2(WORDS, LOAD_ROW, HALF, FIRST, DOT)
  .option push
  .option norvc
  cv.setup 1, %[s], 4f
  lw %[s], %[rows]
  {LOAD_ROW}(p)
  cv.setup 0, %[s], 1f
7:                                  // inner loop
  {HALF}({FIRST}, {DOT})
  fbk.begin %[lane], %[b], %[staged]
  FB_PUT_COLUMN(0, s, step)
  FB_PUT_COLUMN(1, s1, step)
  FB_PUT_COLUMN(2, s2, step)
  FB_PUT_COLUMN(3, s3, row)
  fbk.end %[out_bits], %[lane], %[b], %[staged], %[to], %[step], %[row]
  fbk.row_instructions 1, 2 * {WORDS} + 12, %[out_bits], %[lane]
1:
  FB_NEXT_COLUMNS()
4:
  .option pop
.end
