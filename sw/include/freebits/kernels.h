// SPDX-License-Identifier: Apache-2.0
// Neural-network layers on all cores of the cluster (sw/kernels/README.md). Every core calls the
// function, inside fb_parallel(); it returns when that core has done its share: fb_barrier() before
// the output is read. Operands lie in L1, word-aligned, laid out as kernel_layout.h says; up to 64
// bytes behind activations and weights are read, none are written.
//
// Types: u8 u4 u2 s8 s4 s2 for activations, s8 s4 s2 for weights. fb_conv_u8_s4_u4 takes u8, has
// weights s4 and gives u4.
#pragma once

#include <stdint.h>

#include "freebits/layer_kinds.h"
#include "freebits/requantize.h"

/// Both compilers must lay a structure out alike: its bytes.
#ifdef __cplusplus
#define FB_BYTES(type, bytes) static_assert(sizeof(type) == (bytes), #type)
#else
#define FB_BYTES(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#endif

/// Pointers of the core; the host, which fills these structures in too, has their numbers.
#ifdef __riscv
#define FB_POINTER(type) type*
#else
#define FB_POINTER(type) uint32_t
#endif

FB_BYTES(struct fb_requant_channel, 8);
FB_BYTES(struct fb_addition, 16);

// Lists of types: FB_FOR_TYPES(M) is M(u8, s8, u8) M(u8, s8, u4) …
#define FB_FOR_OUTPUTS(M, ...) \
  M(__VA_ARGS__, u8)           \
  M(__VA_ARGS__, u4) M(__VA_ARGS__, u2) M(__VA_ARGS__, s8) M(__VA_ARGS__, s4) M(__VA_ARGS__, s2)
#define FB_FOR_WEIGHTS(M, in) \
  FB_FOR_OUTPUTS(M, in, s8) FB_FOR_OUTPUTS(M, in, s4) FB_FOR_OUTPUTS(M, in, s2)
#define FB_FOR_TYPES(M) \
  FB_FOR_WEIGHTS(M, u8) \
  FB_FOR_WEIGHTS(M, u4) \
  FB_FOR_WEIGHTS(M, u2) FB_FOR_WEIGHTS(M, s8) FB_FOR_WEIGHTS(M, s4) FB_FOR_WEIGHTS(M, s2)
#define FB_FOR_ACTIVATIONS(M) \
  FB_FOR_OUTPUTS(M, u8)       \
  FB_FOR_OUTPUTS(M, u4)       \
  FB_FOR_OUTPUTS(M, u2) FB_FOR_OUTPUTS(M, s8) FB_FOR_OUTPUTS(M, s4) FB_FOR_OUTPUTS(M, s2)

#define FB_FOR_SECOND(M, a) \
  FB_FOR_OUTPUTS(M, a, u8)  \
  FB_FOR_OUTPUTS(M, a, u4)  \
  FB_FOR_OUTPUTS(M, a, u2)  \
  FB_FOR_OUTPUTS(M, a, s8) FB_FOR_OUTPUTS(M, a, s4) FB_FOR_OUTPUTS(M, a, s2)
#define FB_FOR_PAIRS(M) \
  FB_FOR_SECOND(M, u8)  \
  FB_FOR_SECOND(M, u4)  \
  FB_FOR_SECOND(M, u2) FB_FOR_SECOND(M, s8) FB_FOR_SECOND(M, s4) FB_FOR_SECOND(M, s2)
#define FB_FOR_INPUTS(M) M(u8) M(u4) M(u2) M(s8) M(s4) M(s2)

// After each kind's operands, FB_KERNELS_<name>: FB_KERNEL(name, function) for each of its
// functions.

/// Convolution, also pointwise (1x1) and fully connected (1x1 on one pixel).
struct fb_conv {
  FB_POINTER(const void) input;
  FB_POINTER(const void) weights;
  FB_POINTER(const struct fb_requant_channel)
  requant;  // of every output channel, padded to a multiple of 4
  FB_POINTER(void) output;
  FB_POINTER(void) scratch;  // of core 0; of core i: i * scratch_bytes further on
  uint32_t scratch_bytes;    // of a core: at least fb_conv_scratch(); more makes unpacking rarer
  uint16_t in_height, in_width, in_channels;
  uint16_t out_height, out_width, out_channels;
  uint8_t kernel_height, kernel_width, stride;
  uint8_t pad_top, pad_left;  // below and to the right: what the output's size needs
  uint8_t pre, shift;         // requantize.h; pre at least fb_sum_scale() (kernel_layout.h)
};
FB_BYTES(struct fb_conv, 44);
#define FB_EACH_CONV(in, w, out) FB_KERNEL(conv, fb_conv_##in##_##w##_##out)
#define FB_KERNELS_conv FB_FOR_TYPES(FB_EACH_CONV)

/// Depthwise convolution 3x3.
struct fb_depthwise {
  FB_POINTER(const void) input;
  FB_POINTER(const void) weights;
  FB_POINTER(const struct fb_requant_channel) requant;
  FB_POINTER(void) output;
  FB_POINTER(void) scratch;
  uint32_t scratch_bytes;
  uint16_t in_height, in_width, channels;
  uint16_t out_height, out_width;
  uint8_t stride, pad_top, pad_left;
  uint8_t pre, shift;
  uint8_t bits;  // fb_depthwise_bits() (kernel_layout.h)
};
FB_BYTES(struct fb_depthwise, 40);
#define FB_EACH_DEPTHWISE(in, out) FB_KERNEL(depthwise, fb_depthwise_##in##_##out)
#define FB_KERNELS_depthwise FB_FOR_ACTIVATIONS(FB_EACH_DEPTHWISE)

/// Sum of two tensors, of types a and b.
struct fb_add {
  FB_POINTER(const void) a;
  FB_POINTER(const void) b;
  FB_POINTER(void) output;
  struct fb_addition addition;
  uint32_t pixels;
  uint16_t channels;
};
FB_BYTES(struct fb_add, 36);
#define FB_EACH_ADD(a, b, out) FB_KERNEL(add, fb_add_##a##_##b##_##out)
#define FB_KERNELS_add FB_FOR_PAIRS(FB_EACH_ADD)

/// Sum over all pixels, requantized.
struct fb_average_pool {
  FB_POINTER(const void) input;
  FB_POINTER(void) output;
  struct fb_requant_channel requant;  // of every channel
  uint32_t pixels;
  uint16_t channels;
  uint8_t pre, shift;
};
FB_BYTES(struct fb_average_pool, 24);
#define FB_EACH_AVERAGE_POOL(in, out) FB_KERNEL(average_pool, fb_average_pool_##in##_##out)
#define FB_KERNELS_average_pool FB_FOR_ACTIVATIONS(FB_EACH_AVERAGE_POOL)

/// Largest of a window: as it is (fb_max_pool_u8), or requantized (fb_max_pool_u8_s4).
struct fb_max_pool {
  FB_POINTER(const void) input;
  FB_POINTER(void) output;
  struct fb_requant_channel requant;  // of every channel
  uint16_t in_height, in_width, channels;
  uint16_t out_height, out_width;
  uint8_t kernel, stride, pad_top, pad_left;
  uint8_t pre, shift;
};
FB_BYTES(struct fb_max_pool, 32);
#define FB_EACH_MAX_POOL(in) FB_KERNEL(max_pool, fb_max_pool_##in)
#define FB_EACH_MAX_POOL_REQUANTIZED(in, out) FB_KERNEL(max_pool, fb_max_pool_##in##_##out)
#define FB_KERNELS_max_pool \
  FB_FOR_ACTIVATIONS(FB_EACH_MAX_POOL_REQUANTIZED) FB_FOR_INPUTS(FB_EACH_MAX_POOL)

/// The operands of a kernel of any kind.
union fb_operands {
#define FB_MEMBER(Kind, name, inputs) struct fb_##name name;
  FB_KERNEL_KINDS(FB_MEMBER)
#undef FB_MEMBER
};

#ifdef __riscv
#define FB_KERNEL(name, function) void function(const struct fb_##name* layer);
#define FB_DECLARE(Kind, name, inputs) FB_KERNELS_##name
FB_KERNEL_KINDS(FB_DECLARE)
#undef FB_DECLARE
#undef FB_KERNEL
#endif
