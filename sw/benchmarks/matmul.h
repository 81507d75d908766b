// SPDX-License-Identifier: Apache-2.0
// Matrix product of packed integers, C = A · Bᵀ: rows of A are activations, rows of B weights, both
// contiguous along the depth. The inner loops of the ISA levels are in matmul_blocks.S.
#pragma once

#include <stdint.h>

struct matmul {
  const void* a;      // rows x depth
  const void* b;      // columns x depth
  int32_t* c;         // rows x columns
  unsigned rows;      // a multiple of 2
  unsigned columns;   // a multiple of 4
  unsigned a_stride;  // bytes of a row of A: whole words
  unsigned b_stride;
};

/// One block of 2 rows x 4 columns of C; layout known to matmul_blocks.S.
struct matmul_block {
  const void* a;
  const void* b;
  int32_t* c;
  uint32_t a_stride, b_stride, c_stride;  // bytes
  uint32_t steps;                         // words of a row of B
};
typedef void (*matmul_block_kernel)(const struct matmul_block* block);

/// Types of the operands: signed or unsigned activations, signed weights, bits each.
struct matmul_types {
  int a_signed;
  unsigned a_bits, b_bits;
};

/// The kernel of the level this is built for, or null if the level has none of its own for these
/// types. Sets the format CSRs.
matmul_block_kernel matmul_select(const struct matmul_types* types);

/// Runs a kernel over all blocks.
void matmul_run(const struct matmul* m, matmul_block_kernel kernel);

/// The definition, element by element: what every kernel must equal.
void matmul_reference(const struct matmul* m, const struct matmul_types* types);
