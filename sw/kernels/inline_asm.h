// SPDX-License-Identifier: Apache-2.0
// The size of asm statements with macros and repetitions (.rept).
#pragma once

// The compiler takes a line of assembly for an instruction of 4 bytes, so that it knows how far a
// branch across the statement must reach. A statement whose lines can become more instructions
// begins with this: no more than BYTES more follow. Smaller bounds would do in places; these make
// the same code for every number of pixels as one bound for all did.
#define FB_MORE_BYTES(BYTES) FB_MORE_BYTES_TEXT(BYTES)
#define FB_MORE_BYTES_TEXT(BYTES) ".if 0\n.space " #BYTES "\n.endif\n"
