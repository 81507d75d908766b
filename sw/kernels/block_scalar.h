// SPDX-License-Identifier: Apache-2.0
// Level rv32imc: bytes, one product at a time. 4 pixels x 4 channels: 8 loads for 16 products.
#pragma once

FB_INLINE void fb_block_begin(struct fb_types types) { (void)types; }

FB_INLINE void fb_units_begin(struct fb_types types, uint32_t pixels, struct fb_block_operands* o) {
  (void)types, (void)pixels, (void)o;
}

FB_INLINE void fb_begin_weights(struct fb_block_operands* o, const uint32_t* w) { o->w = w; }
FB_INLINE void fb_skip_weights(struct fb_block_operands* o, uint32_t words) { o->w += words; }

/// Requantized, packed and stored; goes on to the next four channels.
FB_INLINE void fb_finish_block(struct fb_types types, uint32_t pixels, const int32_t* sums,
                               struct fb_outputs* out) {
  uint32_t packed[4];
#pragma clang loop unroll(full)
  for (uint32_t c = 0; c < 4; ++c) {
    const struct fb_requant_channel channel = *out->channel++;
#pragma clang loop unroll(full)
    for (uint32_t p = 0; p < pixels; ++p) {
      packed[p] = fb_put_output(types, packed[p], c, sums[4 * p + c], channel, out->rescale);
    }
  }
#pragma clang loop unroll(full)
  for (uint32_t p = 0; p < pixels; ++p) {
    fb_store4(types.out_bits, out->to, packed[p]);
    out->to += p + 1 == pixels ? out->back : out->pixel;
  }
}

FB_INLINE void fb_block(struct fb_types types, uint32_t pixels, struct fb_block_operands* o,
                        struct fb_outputs* out) {
  int32_t sums[16];
  const uint8_t* row = o->a;
  const int8_t* w = (const int8_t*)o->w;
  for (uint32_t i = 0; i < pixels * 4; ++i) sums[i] = 0;
  for (uint32_t rows = o->more_rows + 1; rows != 0; --rows, row += o->row_step) {
    const uint8_t* a = row;
    for (const uint8_t* end = row + 4 * o->steps; a != end; a += 4, w += 16) {
#pragma clang loop unroll(full)
      for (uint32_t lane = 0; lane < 4; ++lane) {
#pragma clang loop unroll(full)
        for (uint32_t p = 0; p < pixels; ++p) {
          const uint8_t byte = a[p * o->pixel_stride + lane];
          const int32_t x = types.in_signed ? (int8_t)byte : byte;
#pragma clang loop unroll(full)
          for (uint32_t c = 0; c < 4; ++c) sums[4 * p + c] += x * w[4 * c + lane];
        }
      }
    }
  }
  o->w = (const uint32_t*)w;
  fb_finish_block(types, pixels, sums, out);
}

FB_INLINE void fb_blocks(struct fb_types types, uint32_t pixels, struct fb_block_operands* o,
                         struct fb_outputs* out) {
  do {
    fb_block(types, pixels, o, out);
  } while (out->channel != out->end);
}
