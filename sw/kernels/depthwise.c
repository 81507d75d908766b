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
  uint32_t rows;       // of outputs at a time
  uint32_t in_pixel;   // bytes
  uint32_t out_pixel;  // bytes
  struct fb_rescale rescale;
};

struct channel {
  uint32_t weights[3];  // of a row: taps 0 1 2 and 0
  uint32_t shifted[3];  // 0 and taps 0 1 2
  struct fb_requant_channel requant;
};

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
FB_INLINE uint32_t load_word(const uint8_t* at) {  // at any address
  uint32_t word;
  __asm__("lw %0, %1" : "=r"(word) : "m"(*(const uint32_t(*)[1])at));
  return word;
}
FB_INLINE int32_t dot(struct fb_types types, uint32_t a, uint32_t w, int32_t sum) {
  return (int32_t)(types.in_signed ? cv_sdotsp_b((uint32_t)sum, a, w)
                                   : cv_sdotusp_b((uint32_t)sum, a, w));
}
FB_INLINE int32_t first_dot(struct fb_types types, uint32_t a, uint32_t w) {
  return (int32_t)(types.in_signed ? cv_dotsp_b(a, w) : cv_dotusp_b(a, w));
}
#endif

/// Where the outputs of a channel go: bytes, of which it fills element `lane` (a constant). The
/// first channel of a byte overwrites it, the others find their neighbours there.
struct target {
  uint8_t* at;
  int32_t step;  // bytes from output to output
  int32_t row;   // from the last of four outputs to the first of the next row's
  uint32_t lane;
};

FB_INLINE uint32_t load_byte(const uint8_t** from, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return cv_lbu_post_r((const void**)from, step);
#else
  const uint8_t byte = **from;
  *from += step;
  return byte;
#endif
}
FB_INLINE void store_byte(uint8_t** to, uint32_t value, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  cv_sb_post_r(value, (void**)to, step);
#else
  **to = (uint8_t)value;
  *to += step;
#endif
}

/// Requantizes and stores `count` (a constant) outputs next to each other; goes on to the next row.
FB_INLINE void store(struct fb_types types, const struct plan* p, const struct channel* c,
                     const int32_t* sums, uint32_t count, struct target* to) {
  uint32_t bytes[4] = {0};
  if (to->lane != 0) {
    const uint8_t* from = to->at;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < count; ++i) bytes[i] = load_byte(&from, to->step);
  }
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t byte = fb_put_output(types, bytes[i], to->lane, sums[i], c->requant, p->rescale);
    store_byte(&to->at, byte, i + 1 == count ? to->row : to->step);
  }
}

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
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
                                const struct channel* c, const uint8_t* from, struct target to,
                                uint32_t rows) {
  const uint32_t pitch = p->planes.pitch;
  struct taps r0 = load_taps(from), r1 = load_taps(from += pitch), r2;
  int32_t s[4];
  for (;;) {
    r2 = load_taps(from += pitch);
    sum_rows(types, c, r0, r1, r2, s);
    store(types, p, c, s, 4, &to);
    if (--rows == 0) return;
    r0 = load_taps(from += pitch);
    sum_rows(types, c, r1, r2, r0, s);
    store(types, p, c, s, 4, &to);
    if (--rows == 0) return;
    r1 = load_taps(from += pitch);
    sum_rows(types, c, r2, r0, r1, s);
    store(types, p, c, s, 4, &to);
    if (--rows == 0) return;
  }
}

/// The same with stride 2: the third row of taps is the next outputs' first.
FB_INLINE void columns_stride_2(struct fb_types types, const struct plan* p,
                                const struct channel* c, const uint8_t* from, struct target to,
                                uint32_t rows) {
  const uint32_t pitch = p->planes.pitch, *w = c->weights;
  uint32_t kept[4];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) kept[i] = load_word(from + 2 * i);
  do {
    int32_t s[4];
    from += pitch;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) s[i] = first_dot(types, kept[i], w[0]);
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) s[i] = dot(types, load_word(from + 2 * i), w[1], s[i]);
    from += pitch;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) kept[i] = load_word(from + 2 * i);
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) s[i] = dot(types, kept[i], w[2], s[i]);
    store(types, p, c, s, 4, &to);
  } while (--rows != 0);
}

FB_INLINE void columns(struct fb_types types, const struct plan* p, const struct channel* c,
                       const uint8_t* from, struct target to, uint32_t rows) {
  if (p->layer->stride == 1) {
    columns_stride_1(types, p, c, from, to, rows);
  } else {
    columns_stride_2(types, p, c, from, to, rows);
  }
}

/// One column of outputs, for layers of fewer than four.
FB_INLINE void column(struct fb_types types, const struct plan* p, const struct channel* c,
                      const uint8_t* from, struct target to, uint32_t rows) {
  const uint32_t pitch = p->planes.pitch;
  for (; rows != 0; --rows, from += p->layer->stride * pitch) {
    int32_t sum = first_dot(types, load_word(from), c->weights[0]);
    sum = dot(types, load_word(from + pitch), c->weights[1], sum);
    sum = dot(types, load_word(from + 2 * pitch), c->weights[2], sum);
    store(types, p, c, &sum, 1, &to);
  }
}

#else
/// One column of outputs, tap by tap.
FB_INLINE void column(struct fb_types types, const struct plan* p, const struct channel* c,
                      const uint8_t* from, struct target to, uint32_t rows) {
  const uint32_t pitch = p->planes.pitch;
  int32_t w[9];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 9; ++i) w[i] = (int8_t)(c->weights[i / 3] >> 8 * (i % 3));
  for (; rows != 0; --rows, from += p->layer->stride * pitch) {
    const uint8_t *row1 = from + pitch, *row2 = row1 + pitch;
    int32_t sum = 0;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 9; ++i) {
      const uint8_t byte = (i < 3 ? from : i < 6 ? row1 : row2)[i % 3];
      sum += (types.in_signed ? (int8_t)byte : byte) * w[i];
    }
    store(types, p, c, &sum, 1, &to);
  }
}
#endif

/// All columns of a channel; the last four overlap those before where the width asks for it.
FB_INLINE void run_channel(struct fb_types types, const struct plan* p, uint32_t channel,
                           const uint8_t* plane, uint8_t* out, uint32_t lane, uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t* w = (const uint32_t*)l->weights + 3 * channel;
  const struct channel c = {
      {w[0], w[1], w[2]},
      {w[0] << 8, w[1] << 8, w[2] << 8},
      l->requant[channel],
  };
  const uint32_t width = l->out_width,
                 together = FREEBITS_LEVEL == LEVEL_RV32IMC || width < 4 ? 1 : 4;
  const int32_t step = (int32_t)p->out_pixel;
  struct target to = {
      .step = step,
      .row = ((int32_t)width - (int32_t)together + 1) * step,
      .lane = lane,
  };
  for (uint32_t x = 0; x < width; x += together) {
    const uint32_t at = x + together > width ? width - together : x;
    const uint8_t* from = plane + at * l->stride;
    to.at = out + at * p->out_pixel;
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
    if (together == 4) {
      columns(types, p, &c, from, to, rows);
      continue;
    }
#endif
    column(types, p, &c, from, to, rows);
  }
}

/// Input rows for outputs of rows y … y + rows - 1 of one group.
FB_INLINE void fill(struct fb_types types, const struct plan* p, uint32_t group, uint32_t y,
                    uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const int32_t first = (int32_t)(y * l->stride) - l->pad_top;
  const int32_t end = first + (int32_t)((rows - 1) * l->stride + 3);
  const int32_t inside = first < 0 ? 0 : first;
  const int32_t inside_end = end > l->in_height ? l->in_height : end;
  const uint8_t* image = (const uint8_t*)l->input + 4 * group;
  fb_clear_rows(&p->planes, 0, (uint32_t)(inside - first));
  fb_fill_rows(&p->planes, (uint32_t)(inside - first), (uint32_t)(inside_end - inside),
               image + (uint32_t)inside * l->in_width * p->in_pixel, l->in_width,
               (int32_t)p->in_pixel, types.in_bits, (int)types.in_signed);
  fb_clear_rows(&p->planes, (uint32_t)(inside_end - first), (uint32_t)(end - inside_end));
}

/// Outputs of rows y … y + rows - 1 for one group.
FB_INLINE void run_rows(struct fb_types types, const struct plan* p, uint32_t group, uint32_t y,
                        uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t padded = (l->channels + 3U) & ~3U, first = group * p->planes.channels;
  const uint32_t channels =
      padded - first < p->planes.channels ? padded - first : p->planes.channels;
  fill(types, p, group, y, rows);
  uint8_t* out = (uint8_t*)l->output + y * l->out_width * p->out_pixel + first * types.out_bits / 8;
  const uint8_t* plane = p->planes.data + 4 - l->pad_left;
  const uint32_t lanes = 8 / types.out_bits;
  for (uint32_t i = 0; i < channels; i += lanes, ++out) {
#pragma clang loop unroll(full)
    for (uint32_t lane = 0; lane < lanes; ++lane, plane += p->planes.plane_bytes) {
      run_channel(types, p, first + i + lane, plane, out, lane, rows);
    }
  }
}

FB_INLINE struct plan make_plan(struct fb_types types, const struct fb_depthwise* l) {
  struct plan p = {
      .layer = l,
  };
  p.in_pixel = fb_pixel_bytes(l->channels, types.in_bits);
  p.out_pixel = fb_pixel_bytes(l->channels, types.out_bits);
  p.rescale = fb_make_rescale(l->pre, l->shift, fb_sum_scale(8, types.in_bits, types.in_signed, 8));
  p.planes.data = (uint8_t*)l->scratch + fb_core() * l->scratch_bytes;
  p.planes.channels = 32 / types.in_bits;
  p.planes.pitch = fb_depthwise_pitch(l->in_width, l->pad_left, l->out_width, l->stride);
  const uint32_t room = l->scratch_bytes / p.planes.channels - 4;
  p.rows = (room / p.planes.pitch - 3) / l->stride + 1;
  if (p.rows > l->out_height) p.rows = l->out_height;
  p.planes.plane_bytes = 4 + p.planes.pitch * ((p.rows - 1) * l->stride + 3);
  return p;
}

FB_INLINE void depthwise(struct fb_types types, const struct fb_depthwise* layer) {
  const struct fb_depthwise l = *layer;  // on the stack, in L1
  const struct plan plan = make_plan(types, &l), *const p = &plan;
  fb_begin_outputs(types, p->rescale);
  const uint32_t groups = (l.channels + p->planes.channels - 1) / p->planes.channels;
  const struct fb_share share = fb_split(l.out_height, groups, 2, 0);
  fb_clear_borders(&p->planes, (p->rows - 1) * l.stride + 3, l.in_width);
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
