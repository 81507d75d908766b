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
  uint32_t weights[3];  // of a row: taps 0 1 2 and 0
  uint32_t shifted[3];  // 0 and taps 0 1 2
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

FB_INLINE int32_t first_dot(struct fb_types types, uint32_t a, uint32_t w) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return (int32_t)(types.in_signed ? cv_dotsp_b(a, w) : cv_dotusp_b(a, w));
#else
  return dot(types, a, w, 0);
#endif
}

/// Stores a byte and goes on.
FB_INLINE void put(uint8_t** to, int32_t value, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  cv_sb_post_r((uint32_t)value, (void**)to, step);
#else
  **to = (uint8_t)value;
  *to += step;
#endif
}

/// Requantizes and stores up to four neighbouring outputs, `step` bytes apart.
FB_INLINE void store(struct fb_types types, const struct plan* p, const struct channel* c,
                     const int32_t* sums, uint8_t* to, int32_t step, uint32_t count) {
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    const int32_t sum = (int32_t)((uint32_t)sums[i] << p->rescale.left);
    const int32_t value = fb_output(types, sum, c->mul, c->add, p->rescale.shift);
    if (i < count) put(&to, value, step);
  }
}

/// The words of a row that hold the taps of outputs 0, 1 and 2, 3.
struct taps {
  uint32_t a, b;
};
FB_INLINE struct taps load_taps(const uint8_t* from) {
  return (struct taps){load_word(from), load_word(from + 2)};
}

FB_INLINE void sum_rows(struct fb_types types, const struct channel* c, struct taps r0,
                        struct taps r1, struct taps r2, int32_t* s) {
  const uint32_t *w = c->weights, *v = c->shifted;
  s[0] = dot(types, r2.a, w[2], dot(types, r1.a, w[1], first_dot(types, r0.a, w[0])));
  s[1] = dot(types, r2.a, v[2], dot(types, r1.a, v[1], first_dot(types, r0.a, v[0])));
  s[2] = dot(types, r2.b, w[2], dot(types, r1.b, w[1], first_dot(types, r0.b, w[0])));
  s[3] = dot(types, r2.b, v[2], dot(types, r1.b, v[1], first_dot(types, r0.b, v[0])));
}

/// Four columns of outputs of a channel, stride 1, downwards: two rows of taps are kept, in turn.
FB_INLINE void columns_stride_1(struct fb_types types, const struct plan* p,
                                const struct channel* c, const uint8_t* from, uint8_t* to,
                                int32_t step, uint32_t row_step, uint32_t rows, uint32_t count) {
  const uint32_t pitch = p->planes.pitch;
  struct taps r0 = load_taps(from), r1 = load_taps(from += pitch), r2;
  int32_t s[4];
  for (;;) {
    r2 = load_taps(from += pitch);
    sum_rows(types, c, r0, r1, r2, s);
    store(types, p, c, s, to, step, count);
    to += row_step;
    if (--rows == 0) return;
    r0 = load_taps(from += pitch);
    sum_rows(types, c, r1, r2, r0, s);
    store(types, p, c, s, to, step, count);
    to += row_step;
    if (--rows == 0) return;
    r1 = load_taps(from += pitch);
    sum_rows(types, c, r2, r0, r1, s);
    store(types, p, c, s, to, step, count);
    to += row_step;
    if (--rows == 0) return;
  }
}

FB_INLINE void columns_stride_2(struct fb_types types, const struct plan* p,
                                const struct channel* c, const uint8_t* from, uint8_t* to,
                                int32_t step, uint32_t row_step, uint32_t rows, uint32_t count) {
  const uint32_t pitch = p->planes.pitch;
  for (; rows != 0; --rows, to += row_step, from += 2 * pitch) {
    int32_t s[4];
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) {
      const uint8_t* at = from + 2 * i;
      s[i] = first_dot(types, load_word(at), c->weights[0]);
      s[i] = dot(types, load_word(at += pitch), c->weights[1], s[i]);
      s[i] = dot(types, load_word(at + pitch), c->weights[2], s[i]);
    }
    store(types, p, c, s, to, step, count);
  }
}

FB_INLINE void columns(struct fb_types types, const struct plan* p, const struct channel* c,
                       const uint8_t* from, uint8_t* to, int32_t step, uint32_t rows,
                       uint32_t count) {
  const uint32_t row_step = p->layer->out_width * (uint32_t)step;
  if (p->layer->stride == 1) {
    columns_stride_1(types, p, c, from, to, step, row_step, rows, count);
  } else {
    columns_stride_2(types, p, c, from, to, step, row_step, rows, count);
  }
}

FB_INLINE void run_channel(struct fb_types types, const struct plan* p, uint32_t channel,
                           const uint8_t* plane, uint8_t* to, uint32_t step, uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t* w = (const uint32_t*)l->weights + 3 * channel;
  const struct channel c = {
      {w[0], w[1], w[2]},
      {w[0] << 8, w[1] << 8, w[2] << 8},
      l->requant[channel].mul,
      l->requant[channel].add,
  };
  uint32_t left = l->out_width;
  for (; left >= 4; left -= 4, plane += 4 * l->stride, to += 4 * step) {
    columns(types, p, &c, plane, to, (int32_t)step, rows, 4);
  }
  if (left != 0) columns(types, p, &c, plane, to, (int32_t)step, rows, left);
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
    if (in_y < 0 || in_y >= l->in_height) {
      fb_clear_row(&p->planes, to, p->group);
    } else {
      fb_fill_row(&p->planes, to, image + (uint32_t)in_y * l->in_width * p->pixel_words,
                  l->in_width, p->pixel_words, -(int32_t)l->pad_left, types.in_bits,
                  (int)types.in_signed);
    }
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
  const struct fb_share share = fb_split(l.out_height, groups, 2, 0);
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
