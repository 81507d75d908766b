// SPDX-License-Identifier: Apache-2.0
// For inline assembly out of macros.
#pragma once

// The compiler takes a line of assembly for an instruction, but macros are many: without this it
// would branch across them with too short a reach. No more than so many bytes follow.
#define FB_AT_MOST(BYTES) ".if 0\n.space " #BYTES "\n.endif\n"
