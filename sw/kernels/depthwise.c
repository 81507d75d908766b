// SPDX-License-Identifier: Apache-2.0
// Depthwise 3x3 for input type IN (-D). A group of channels is copied channel by channel into
// scratch memory (planes.h); a row of taps is then a word, and a dot product gives three taps of an
// output. Weights: three words a channel, [w0 w1 w2 0] as bytes, whatever their type.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "planes.h"
#include "work.h"

struct plan {
  const struct fb_depthwise* layer;
  struct fb_planes planes;
  uint8_t* staging;      // outputs as bytes, before they are packed
  uint32_t rows;         // of outputs at a time
  uint32_t group;        // channels
  uint32_t pixel_words;  // of an input pixel
  uint32_t out_pixel;    // bytes
  struct fb_rescale rescale;
};

/// Requantization of one channel.
struct channel {
  uint32_t weights[3];
  uint32_t mul;
  int32_t add;
};

FB_INLINE uint32_t load_word(const uint8_t* at) {  // at any address
  uint32_t word;
  __asm__("lw %0, %1" : "=r"(word) : "m"(*(const uint32_t(*)[1])at));
  return word;
}

FB_INLINE int32_t dot(struct fb_types types, uint32_t a, uint32_t w, int32_t sum) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return (int32_t)(types.in_signed ? cv_sdotsp_b((uint32_t)sum, a, w)
                                   : cv_sdotusp_b((uint32_t)sum, a, w));
#else
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    const uint8_t byte = (uint8_t)(a >> 8 * i);
    sum += (types.in_signed ? (int8_t)byte : byte) * (int8_t)(w >> 8 * i);
  }
  return sum;
#endif
}

/// Stores up to four neighbouring outputs, `step` bytes apart.
FB_INLINE void store(struct fb_types types, const struct plan* p, const struct channel* c,
                     const int32_t* sums, uint8_t* to, uint32_t step, uint32_t count) {
  int32_t v[4];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    const int32_t sum = (int32_t)((uint32_t)sums[i] << p->rescale.left);
    v[i] = fb_output(types, sum, c->mul, c->add, p->rescale.shift);
  }
  to[0] = (uint8_t)v[0];
  if (count == 4) {
    to[step] = (uint8_t)v[1];
    to[2 * step] = (uint8_t)v[2];
    to[3 * step] = (uint8_t)v[3];
    return;
  }
  if (count > 1) to[step] = (uint8_t)v[1];
  if (count > 2) to[2 * step] = (uint8_t)v[2];
}

/// Four columns of outputs of a channel, stride 1: words at taps 0 and 2 of the first give four.
FB_INLINE void columns_stride_1(struct fb_types types, const struct plan* p,
                                const struct channel* c, const uint8_t* from, uint8_t* to,
                                uint32_t step, uint32_t row_step, uint32_t rows, uint32_t count) {
  const uint32_t w0 = c->weights[0], w1 = c->weights[1], w2 = c->weights[2];
  const uint32_t pitch = p->planes.pitch;
  uint32_t a0 = load_word(from), b0 = load_word(from + 2);
  from += pitch;
  uint32_t a1 = load_word(from), b1 = load_word(from + 2);
  for (; rows != 0; --rows, to += row_step) {
    from += pitch;
    const uint32_t a2 = load_word(from), b2 = load_word(from + 2);
    int32_t s[4];
    s[0] = dot(types, a2, w2, dot(types, a1, w1, dot(types, a0, w0, 0)));
    s[1] = dot(types, a2, w2 << 8, dot(types, a1, w1 << 8, dot(types, a0, w0 << 8, 0)));
    s[2] = dot(types, b2, w2, dot(types, b1, w1, dot(types, b0, w0, 0)));
    s[3] = dot(types, b2, w2 << 8, dot(types, b1, w1 << 8, dot(types, b0, w0 << 8, 0)));
    store(types, p, c, s, to, step, count);
    a0 = a1;
    b0 = b1;
    a1 = a2;
    b1 = b2;
  }
}

FB_INLINE void columns_stride_2(struct fb_types types, const struct plan* p,
                                const struct channel* c, const uint8_t* from, uint8_t* to,
                                uint32_t step, uint32_t row_step, uint32_t rows, uint32_t count) {
  const uint32_t pitch = p->planes.pitch;
  for (; rows != 0; --rows, to += row_step, from += 2 * pitch) {
    int32_t s[4] = {0, 0, 0, 0};
#pragma clang loop unroll(full)
    for (uint32_t row = 0; row < 3; ++row) {
#pragma clang loop unroll(full)
      for (uint32_t i = 0; i < 4; ++i) {
        s[i] = dot(types, load_word(from + row * pitch + 2 * i), c->weights[row], s[i]);
      }
    }
    store(types, p, c, s, to, step, count);
  }
}

FB_INLINE void run_channel(struct fb_types types, const struct plan* p, uint32_t channel,
                           const uint8_t* plane, uint8_t* to, uint32_t step, uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t* w = (const uint32_t*)l->weights + 3 * channel;
  const struct channel c = {{w[0], w[1], w[2]}, l->requant[channel].mul, l->requant[channel].add};
  const uint32_t row_step = l->out_width * step;
  for (uint32_t x = 0; x < l->out_width; x += 4, plane += 4 * l->stride, to += 4 * step) {
    const uint32_t left = l->out_width - x;
    if (l->stride == 1) {
      columns_stride_1(types, p, &c, plane, to, step, row_step, rows, left < 4 ? left : 4);
    } else {
      columns_stride_2(types, p, &c, plane, to, step, row_step, rows, left < 4 ? left : 4);
    }
  }
}

/// Staged bytes of `channels` of a group to packed outputs.
FB_INLINE void pack(struct fb_types types, const struct plan* p, uint8_t* to, uint32_t pixels,
                    uint32_t channels) {
  const uint32_t bits = types.out_bits, pair = (1U << 2 * bits) - 1;
  const uint32_t mask = fb_lane_mask(bits, 8, 0);
  const uint8_t* from = p->staging;
  for (; pixels != 0; --pixels, to += p->out_pixel, from += p->group) {
    for (uint32_t i = 0; i < channels; i += 4) {
      uint32_t x = *(const uint32_t*)(from + i) & mask;
      x |= x >> (8 - bits);
      fb_store4(bits, to + i * bits / 8, (x & pair) | (x >> (16 - 2 * bits) & pair << 2 * bits));
    }
  }
}

/// Outputs of rows y … y + rows - 1 for one group.
FB_INLINE void run_rows(struct fb_types types, const struct plan* p, uint32_t group, uint32_t y,
                        uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t padded = (l->channels + 3U) & ~3U, first = group * p->group;
  const uint32_t channels = padded - first < p->group ? padded - first : p->group;
  const uint32_t* image = (const uint32_t*)l->input + group;
  const uint32_t in_rows = (rows - 1) * l->stride + 3;
  int32_t in_y = (int32_t)(y * l->stride) - l->pad_top;
  uint8_t* to = p->planes.data;
  for (uint32_t i = 0; i < in_rows; ++i, ++in_y, to += p->planes.pitch) {
    const int inside = in_y >= 0 && in_y < l->in_height;
    fb_fill_row(&p->planes, to, inside ? image + (uint32_t)in_y * l->in_width * p->pixel_words : 0,
                l->in_width, p->pixel_words, -(int32_t)l->pad_left, types.in_bits,
                (int)types.in_signed);
  }
  uint8_t* out = (uint8_t*)l->output + y * l->out_width * p->out_pixel + first * types.out_bits / 8;
  const int direct = types.out_bits == 8;
  for (uint32_t i = 0; i < channels; ++i) {
    run_channel(types, p, first + i, p->planes.data + i * p->planes.plane_bytes,
                (direct ? out : p->staging) + i, direct ? p->out_pixel : p->group, rows);
  }
  if (!direct) pack(types, p, out, rows * l->out_width, channels);
}

FB_INLINE struct plan make_plan(struct fb_types types, const struct fb_depthwise* l) {
  struct plan p = {.layer = l, .group = 32 / types.in_bits};
  p.pixel_words = fb_pixel_bytes(l->channels, types.in_bits) / 4;
  p.out_pixel = fb_pixel_bytes(l->channels, types.out_bits);
  p.rescale = fb_make_rescale(l->pre, l->shift, fb_sum_scale(8, types.in_bits, types.in_signed, 8));
  p.planes.data = (uint8_t*)l->scratch + fb_core() * l->scratch_bytes;
  p.planes.pitch = fb_depthwise_pitch(l->out_width, l->stride);
  const uint32_t staged = types.out_bits == 8 ? 0 : p.group * l->out_width;  // a row of outputs
  const uint32_t fixed = p.group * p.planes.pitch * (3U - l->stride);
  p.rows = (l->scratch_bytes - fixed) / (p.group * p.planes.pitch * l->stride + staged);
  if (p.rows > l->out_height) p.rows = l->out_height;
  p.planes.plane_bytes = p.planes.pitch * ((p.rows - 1) * l->stride + 3);
  p.staging = p.planes.data + p.group * p.planes.plane_bytes;
  return p;
}

FB_INLINE void depthwise(struct fb_types types, const struct fb_depthwise* layer) {
  const struct fb_depthwise l = *layer;  // on the stack, in L1
  const struct plan plan = make_plan(types, &l), *const p = &plan;
  const uint32_t groups = (l.channels + p->group - 1) / p->group;
  const struct fb_share share = fb_split(l.out_height, groups);
  for (uint32_t group = share.first_group; group < share.last_group; ++group) {
    for (uint32_t y = share.first_unit; y < share.last_unit; y += p->rows) {
      const uint32_t left = share.last_unit - y;
      run_rows(types, p, group, y, left < p->rows ? left : p->rows);
    }
  }
  if (share.last_group != groups || (l.channels + 3U) / 4 * types.out_bits / 2 == p->out_pixel)
    return;
  uint8_t* pixel = (uint8_t*)l.output + share.first_unit * l.out_width * p->out_pixel;
  for (uint32_t i = (share.last_unit - share.first_unit) * l.out_width; i != 0; --i) {
    fb_clear_tail(types.out_bits, pixel, l.channels);
    pixel += p->out_pixel;
  }
}

#define DEFINE(in, out)                                              \
  void fb_depthwise_##in##_##out(const struct fb_depthwise* layer) { \
    depthwise(FB_TYPES(in, s8, out), layer);                         \
  }
FB_FOR_OUTPUTS(DEFINE, IN)
