// SPDX-License-Identifier: Apache-2.0
// Where the kernels expect every element of their operands; C11 and C++20, for kernels and for the
// host that packs what they read (sw/kernels/README.md).
//
// Activations: HWC; the channels of a pixel are packed little-endian and padded with zeros to whole
// words. Weights of a convolution: in groups of 4 output channels; within a group by kernel row;
// within a row the kernel_width · padded channels that lie next to each other in the activations,
// as steps of words, the words of the 4 channels side by side.
#pragma once

#include <stdint.h>

/// Bytes of a pixel of `channels` elements of `bits`.
static inline uint32_t fb_pixel_bytes(uint32_t channels, uint32_t bits) {
  return (channels * bits + 31) / 32 * 4;
}

/// Bits of the operands of the dot products a level (0 … 4) has for activations and weights of
/// `a_bits`, `w_bits`; what is stored narrower is unpacked in software. 0: the hardware takes both
/// as they are (level mixed and above).
static inline uint32_t fb_dot_bits(uint32_t level, uint32_t a_bits, uint32_t w_bits) {
  if (level >= 3) return 0;
  if (level <= 1) return 8;
  return a_bits > w_bits ? a_bits : w_bits;
}

/// Unpacked elements stand at the top of their lanes if they are signed: sums are scaled by two to
/// this power.
static inline uint32_t fb_sum_scale(uint32_t dot_bits, uint32_t a_bits, int a_signed,
                                    uint32_t w_bits) {
  if (dot_bits == 0) return 0;
  return (a_signed ? dot_bits - a_bits : 0) + dot_bits - w_bits;
}

/// Elements of a step: as many as a word of the narrower operand holds.
static inline uint32_t fb_step_elements(uint32_t a_bits, uint32_t w_bits) {
  return 32 / (a_bits < w_bits ? a_bits : w_bits);
}

/// Steps of a kernel row of `elements` activations, the padding of the channels included.
static inline uint32_t fb_row_steps(uint32_t elements, uint32_t a_bits, uint32_t w_bits) {
  const uint32_t step = fb_step_elements(a_bits, w_bits);
  return (elements + step - 1) / step;
}

/// Words of weights of one output channel a step.
static inline uint32_t fb_step_words(uint32_t a_bits, uint32_t w_bits) {
  return fb_step_elements(a_bits, w_bits) * w_bits / 32;
}

struct fb_bit_position {
  uint32_t word, bit;
};

/// Where the weight of element `e` of a step lies among the step's words of its channel.
static inline struct fb_bit_position fb_weight_position(uint32_t e, uint32_t dot_bits,
                                                        uint32_t a_bits, uint32_t w_bits) {
  struct fb_bit_position at;
  if (dot_bits == 0) {
    at.word = e * w_bits / 32;
    at.bit = e * w_bits % 32;
    return at;
  }
  // Lane `lane` of the step's dot product number `dot` is where unpacking puts activation e.
  const uint32_t lanes = 32 / dot_bits, planes = dot_bits / a_bits;
  const uint32_t word = e / (lanes * planes), within = e % (lanes * planes);
  const uint32_t dot = word * planes + within % planes, lane = within / planes;
  const uint32_t w_planes = dot_bits / w_bits;
  at.word = dot / w_planes;
  at.bit = lane * dot_bits + dot % w_planes * w_bits;
  return at;
}

/// Output pixels of a block of a convolution at best, 4 or 2: narrower activations stay in
/// registers for all words of weights, and only those of two pixels fit.
static inline uint32_t fb_conv_block_pixels(uint32_t level, uint32_t a_bits, uint32_t w_bits) {
  return level >= 3 && a_bits < w_bits ? 2 : 4;
}

/// Scratch bytes of a core in a convolution: `fixed`, and at least one `patch`; with several
/// patches weights that need unpacking are unpacked less often.
struct fb_scratch {
  uint32_t fixed, patch;
};
static inline struct fb_scratch fb_conv_scratch(uint32_t level, uint32_t a_bits, uint32_t w_bits,
                                                uint32_t channels, uint32_t kernel_height,
                                                uint32_t kernel_width, uint32_t stride) {
  const uint32_t dot_bits = fb_dot_bits(level, a_bits, w_bits);
  const uint32_t padded = fb_pixel_bytes(channels, a_bits) * 8 / a_bits;
  const uint32_t pixels = fb_conv_block_pixels(level, a_bits, w_bits);
  const uint32_t steps = fb_row_steps(kernel_width * padded, a_bits, w_bits);
  const uint32_t columns = (pixels - 1) * stride + kernel_width;
  struct fb_scratch s;
  s.fixed = dot_bits <= w_bits
                ? 0
                : 4 * kernel_height * steps * fb_step_elements(a_bits, w_bits) * dot_bits / 8;
  s.patch = columns * kernel_height * padded * (dot_bits == 0 ? a_bits : dot_bits) / 8;
  return s;
}

/// Bits of the lanes a depthwise layer computes in: its input's where the level has a dot product
/// of that width and the weights fit, or 8. Weights: three words a channel, [w0 w1 w2 0 …] in such
/// lanes.
static inline uint32_t fb_depthwise_bits(uint32_t level, uint32_t a_bits, uint32_t w_bits) {
  return level >= 2 && w_bits <= a_bits ? a_bits : 8;
}

/// Channels that a depthwise layer takes at a time, from a word of inputs; where lanes have 2 bits,
/// from half a word: the work is split into twice as many shares.
static inline uint32_t fb_depthwise_group(uint32_t in_bits, uint32_t bits) {
  return bits == 2 ? 8 : 32 / in_bits;
}
/// Bytes of a row of a channel's plane of lanes of `bits` in the scratch memory of a depthwise
/// layer, the zeros of the border behind it included (sw/kernels/planes.h).
static inline uint32_t fb_depthwise_pitch(uint32_t in_width, uint32_t pad_left, uint32_t out_width,
                                          uint32_t stride, uint32_t bits) {
  const uint32_t needed = (out_width - 1) * stride + 3 - pad_left;
  const uint32_t right = needed > in_width ? needed - in_width : 0;
  const uint32_t columns = in_width + (right > pad_left ? right : pad_left);
  return (columns * bits + 31) / 32 * 4;
}

/// Scratch bytes a core needs for `rows` rows of outputs at a time, at least one: the planes, and a
/// byte an output.
static inline uint32_t fb_depthwise_scratch(uint32_t rows, uint32_t pitch, uint32_t stride,
                                            uint32_t in_bits, uint32_t bits, uint32_t out_width) {
  const uint32_t in_rows = rows * stride + 3 - stride;
  return fb_depthwise_group(in_bits, bits) * (4 + pitch * in_rows) +
         rows * ((out_width + 3) / 4 * 4);
}
