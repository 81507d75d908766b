// SPDX-License-Identifier: Apache-2.0
#include "matmul.h"

#include <stddef.h>

#ifdef __riscv
#include "freebits/intrinsics.h"
#else
#define FREEBITS_LEVEL 0
#endif

#if FREEBITS_LEVEL >= 1
void block_s8(const struct matmul_block* block);
void block_u8(const struct matmul_block* block);
#endif
#if FREEBITS_LEVEL >= 2
void block_u4(const struct matmul_block* block);
void block_u2(const struct matmul_block* block);
#endif
#if FREEBITS_LEVEL >= 3
void block_u8s4_mixed(const struct matmul_block* block);
void block_u8s2_mixed(const struct matmul_block* block);
void block_u4s2_mixed(const struct matmul_block* block);
#endif
#if FREEBITS_LEVEL >= 4
void block_flexv_1(const struct matmul_block* block);
void block_flexv_2(const struct matmul_block* block);
void block_flexv_4(const struct matmul_block* block);
#endif

#if FREEBITS_LEVEL == 0
// 8-bit elements without SIMD: 4 columns share each load of A.
#define DEFINE_SCALAR_BLOCK(name, a_type)                                \
  static void name(const struct matmul_block* block) {                   \
    for (unsigned row = 0; row < 2; ++row) {                             \
      const a_type* a = (const a_type*)block->a + row * block->a_stride; \
      const a_type* const end = a + 4 * block->steps;                    \
      const int8_t* b0 = block->b;                                       \
      const int8_t* b1 = b0 + block->b_stride;                           \
      const int8_t* b2 = b1 + block->b_stride;                           \
      const int8_t* b3 = b2 + block->b_stride;                           \
      int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;                    \
      while (a != end) {                                                 \
        const int32_t value = *a++;                                      \
        sum0 += value * *b0++;                                           \
        sum1 += value * *b1++;                                           \
        sum2 += value * *b2++;                                           \
        sum3 += value * *b3++;                                           \
      }                                                                  \
      int32_t* c = block->c + row * block->c_stride / 4;                 \
      c[0] = sum0, c[1] = sum1, c[2] = sum2, c[3] = sum3;                \
    }                                                                    \
  }
DEFINE_SCALAR_BLOCK(block_s8_scalar, int8_t)
DEFINE_SCALAR_BLOCK(block_u8_scalar, uint8_t)
#endif

#if FREEBITS_LEVEL >= 3
static enum fb_width width_code(unsigned bits) {
  return bits == 8 ? kFb8Bit : bits == 4 ? kFb4Bit : kFb2Bit;
}
#endif

matmul_block_kernel matmul_select(const struct matmul_types* types) {
  const unsigned a = types->a_bits;
  const unsigned b = types->b_bits;
#if FREEBITS_LEVEL >= 3
  fb_set_format(width_code(a), width_code(b), 8);  // 8 dot products a step
#endif
#if FREEBITS_LEVEL >= 4
  if (!types->a_signed && b <= a) {
    return a == b ? block_flexv_1 : a == 2 * b ? block_flexv_2 : block_flexv_4;
  }
#endif
#if FREEBITS_LEVEL >= 3
  if (!types->a_signed && a == 8 && b == 4) return block_u8s4_mixed;
  if (!types->a_signed && a == 8 && b == 2) return block_u8s2_mixed;
  if (!types->a_signed && a == 4 && b == 2) return block_u4s2_mixed;
#endif
#if FREEBITS_LEVEL >= 2
  if (!types->a_signed && a == 4 && b == 4) return block_u4;
  if (!types->a_signed && a == 2 && b == 2) return block_u2;
#endif
  if (a == 8 && b == 8) {
#if FREEBITS_LEVEL >= 1
    return types->a_signed ? block_s8 : block_u8;
#else
    return types->a_signed ? block_s8_scalar : block_u8_scalar;
#endif
  }
  return NULL;
}

void matmul_run(const struct matmul* m, matmul_block_kernel kernel) {
  struct matmul_block block = {.a_stride = m->a_stride,
                               .b_stride = m->b_stride,
                               .c_stride = 4 * m->columns,
                               .steps = m->b_stride / 4};
  for (unsigned row = 0; row < m->rows; row += 2) {
    block.a = (const char*)m->a + row * m->a_stride;
    for (unsigned column = 0; column < m->columns; column += 4) {
      block.b = (const char*)m->b + column * m->b_stride;
      block.c = m->c + row * m->columns + column;
      kernel(&block);
    }
  }
}

// Element `index` of a packed row.
static int32_t element(const void* row, unsigned index, unsigned bits, int is_signed) {
  const unsigned position = index * bits;
  const uint32_t value = (uint32_t)((const uint8_t*)row)[position / 8] >> (position % 8);
  const unsigned unused = 32 - bits;
  return is_signed ? (int32_t)(value << unused) >> unused : (int32_t)(value << unused >> unused);
}

void matmul_reference(const struct matmul* m, const struct matmul_types* types) {
  const unsigned depth = 8 * m->b_stride / types->b_bits;
  for (unsigned row = 0; row < m->rows; ++row) {
    const char* a = (const char*)m->a + row * m->a_stride;
    for (unsigned column = 0; column < m->columns; ++column) {
      const char* b = (const char*)m->b + column * m->b_stride;
      int32_t sum = 0;
      for (unsigned k = 0; k < depth; ++k) {
        sum += element(a, k, types->a_bits, types->a_signed) * element(b, k, types->b_bits, 1);
      }
      m->c[row * m->columns + column] = sum;
    }
  }
}
