// SPDX-License-Identifier: Apache-2.0
// Instructions that depend on constants of a kernel, as macros of the assembler (fbk.*): a line of
// the other files is an instruction. And the check of the instruction counts in these files.

.template FB_PSEUDO_INSTRUCTIONS()
// value, clipped to a type of `bits`.
  .macro fbk.clip value, bits, sign
  .if \sign
  cv.clip \value, \value, \bits
  .else
  cv.clipu \value, \value, \bits + 1
  .endif
  .endm

// Four packed elements of `bits` to memory; the address advances by `step`.
  .macro fbk.store4 bits, packed, to, step
  .if \bits == 8
  cv.sw \packed, (\to), \step
  .elseif \bits == 4
  cv.sh \packed, (\to), \step
  .else
  cv.sb \packed, (\to), \step
  .endif
  .endm

// The assembly fails if there are not `count` instructions from label 7 to here.
  .macro fbk.instructions count:vararg
  .if (. - 7b) - 4 * (\count)
  .error "not as many instructions since label 7 as it says here"
  .endif
  .endm
.end
