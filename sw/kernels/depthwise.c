// SPDX-License-Identifier: Apache-2.0
// Depthwise 3x3 for input type IN (-D). A group of channels is copied channel by channel into
// scratch memory (planes.h); a row of taps is then a word, and a dot product gives three taps of an
// output (depthwise_columns.h).
#include "depthwise_columns.h"
#include "epilogue.h"
#include "freebits/kernels.h"
#include "planes.h"
#include "work.h"

struct plan {
  const struct fb_depthwise* layer;
  struct fb_planes planes;
  uint32_t bits;       // of the planes' lanes: a constant
  uint32_t rows;       // of outputs at a time
  uint32_t in_pixel;   // bytes
  uint32_t out_pixel;  // bytes
  struct fb_rescale rescale;
};

FB_INLINE void store_byte(uint8_t** to, uint32_t value, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  cv_sb_post_r(value, (void**)to, step);
#else
  **to = (uint8_t)value;
  *to += step;
#endif
}

/// Requantizes and stores one output; goes on to the next row.
FB_INLINE void store(struct fb_types types, const struct plan* p,
                     const struct fb_requant_channel requant, int32_t sum, struct fb_target* to) {
  const uint32_t old = to->lane == 0 ? 0 : *to->at;
  store_byte(&to->at, fb_put_output(types, old, to->lane, sum, requant, p->rescale), to->row);
}

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
/// One column of outputs, for layers of fewer than four.
FB_INLINE void column(struct fb_types types, const struct plan* p, struct fb_depthwise_shape s,
                      const struct fb_depthwise_channel* c, const uint8_t* from,
                      struct fb_target to, uint32_t rows) {
  const int32_t pitch = (int32_t)s.pitch;
  for (; rows != 0; --rows, from += (s.stride - 3) * pitch) {
    int32_t sum = fb_taps_first_dot(types, s.bits, cv_lw_post_r((const void**)&from, pitch),
                                    c->weights[0][0]);
    sum =
        fb_taps_dot(types, s.bits, cv_lw_post_r((const void**)&from, pitch), c->weights[0][1], sum);
    sum =
        fb_taps_dot(types, s.bits, cv_lw_post_r((const void**)&from, pitch), c->weights[0][2], sum);
    store(types, p, c->requant, sum, &to);
  }
}

/// Layers of fewer than four columns.
FB_INLINE void narrow_channel(struct fb_types types, const struct plan* p,
                              struct fb_depthwise_shape s, const uint32_t* w,
                              struct fb_requant_channel requant, const uint8_t* plane,
                              struct fb_target to, uint32_t rows) {
  const uint32_t in_byte = 8 / s.bits;
  for (uint32_t x = 0; x < p->layer->out_width; ++x, to.at += to.step) {
    const uint32_t at = fb_plane_column(p->layer->pad_left, s, x);
    const struct fb_depthwise_channel c = fb_depthwise_channel_of(s, w, at % in_byte, requant);
    column(types, p, s, &c, plane + at / in_byte, to, rows);
  }
}

/// All columns of a channel; the last four overlap those before where the width asks for it.
FB_INLINE void run_channel(struct fb_types types, const struct plan* p, uint32_t stride,
                           uint32_t channel, const uint8_t* plane, uint8_t* out, uint32_t lane,
                           const struct fb_depthwise_walk* walk) {
  const struct fb_depthwise* l = p->layer;
  const struct fb_depthwise_shape s = {p->bits, stride, p->planes.pitch};
  const uint32_t* w = (const uint32_t*)l->weights + 3 * channel;
  const struct fb_requant_channel requant = l->requant[channel];
  const uint32_t width = l->out_width, in_byte = 8 / s.bits;
  const int32_t step = (int32_t)p->out_pixel;
  struct fb_target to = {out, step, (int32_t)width * step, lane,
                         p->planes.data + p->planes.channels * p->planes.plane_bytes};
  if (width < 4) {
    narrow_channel(types, p, s, w, requant, plane, to, walk->rows);
    return;
  }
  to.row -= 3 * step;
  uint32_t at = fb_plane_column(l->pad_left, s, 0), columns = width / 4;
  for (;;) {
    const struct fb_depthwise_channel c = fb_depthwise_channel_of(s, w, at % in_byte, requant);
    fb_columns(types, s, &c, p->rescale, plane + at / in_byte, to, columns, walk);
    if (width % 4 == 0 || to.at != out) return;
    at = fb_plane_column(l->pad_left, s, width - 4);
    to.at += (int32_t)(width - 4) * step;
    to.staged += width / 4 * walk->rows * 4;
    columns = 1;
  }
}

#else
/// One column of outputs, tap by tap.
FB_INLINE void column(struct fb_types types, const struct plan* p, const int32_t* w,
                      struct fb_requant_channel requant, const uint8_t* from, struct fb_target to,
                      uint32_t stride, uint32_t rows) {
  const uint32_t pitch = p->planes.pitch;
  do {
    const uint8_t *row1 = from + pitch, *row2 = row1 + pitch;
    int32_t sum = 0;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 9; ++i) {
      const uint8_t byte = (i < 3 ? from : i < 6 ? row1 : row2)[i % 3];
      sum += (types.in_signed ? (int8_t)byte : byte) * w[i];
    }
    store(types, p, requant, sum, &to);
    from += stride * pitch;
  } while (--rows != 0);
}

FB_INLINE void run_channel(struct fb_types types, const struct plan* p, uint32_t stride,
                           uint32_t channel, const uint8_t* plane, uint8_t* out, uint32_t lane,
                           const struct fb_depthwise_walk* walk) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t* rows = (const uint32_t*)l->weights + 3 * channel;
  const struct fb_requant_channel requant = l->requant[channel];
  const int32_t step = (int32_t)p->out_pixel;
  struct fb_target to = {out, step, (int32_t)l->out_width * step, lane, 0};
  const uint8_t* from = plane + 4 - l->pad_left;
  int32_t w[9];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 9; ++i) w[i] = (int8_t)(rows[i / 3] >> 8 * (i % 3));
  for (uint32_t x = 0; x < l->out_width; ++x, from += stride, to.at += step) {
    column(types, p, w, requant, from, to, stride, walk->rows);
  }
}
#endif

/// Input rows for outputs of rows y … y + rows - 1 of one group.
FB_INLINE void fill(struct fb_types types, const struct plan* p, uint32_t group, uint32_t y,
                    uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const int32_t first = (int32_t)(y * l->stride) - l->pad_top;
  const int32_t end = first + (int32_t)((rows - 1) * l->stride + 3);
  const int32_t inside = first < 0 ? 0 : first;
  const int32_t inside_end = end > l->in_height ? l->in_height : end;
  const uint8_t* image = (const uint8_t*)l->input + group * p->planes.channels * types.in_bits / 8;
  fb_clear_rows(&p->planes, 0, (uint32_t)(inside - first));
  fb_fill_rows(&p->planes, (uint32_t)(inside - first), (uint32_t)(inside_end - inside),
               image + (uint32_t)inside * l->in_width * p->in_pixel, l->in_width,
               (int32_t)p->in_pixel, types.in_bits, p->bits, (int)types.in_signed);
  fb_clear_rows(&p->planes, (uint32_t)(inside_end - first), (uint32_t)(end - inside_end));
}

/// All channels of one group, from its planes.
FB_INLINE void run_planes(struct fb_types types, const struct plan* p, uint32_t stride,
                          uint32_t group, uint32_t y, uint32_t rows) {
  const struct fb_depthwise* l = p->layer;
  const uint32_t padded = (l->channels + 3U) & ~3U, first = group * p->planes.channels;
  const uint32_t channels =
      padded - first < p->planes.channels ? padded - first : p->planes.channels;
  uint8_t* out = (uint8_t*)l->output + y * l->out_width * p->out_pixel + first * types.out_bits / 8;
  const uint8_t* plane = p->planes.data;
  const uint32_t lanes = 8 / types.out_bits;
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const struct fb_depthwise_walk walk =
      fb_walk((struct fb_depthwise_shape){p->bits, stride, p->planes.pitch}, rows, l->out_width,
              (int32_t)p->out_pixel);
#else
  const struct fb_depthwise_walk walk = {.rows = rows};
#endif
  for (uint32_t i = 0; i < channels; i += lanes, ++out) {
#pragma clang loop unroll(full)
    for (uint32_t lane = 0; lane < lanes; ++lane, plane += p->planes.plane_bytes) {
      run_channel(types, p, stride, first + i + lane, plane, out, lane, &walk);
    }
  }
}

/// Outputs of rows y … y + rows - 1 for one group.
FB_INLINE void run_rows(struct fb_types types, const struct plan* p, uint32_t group, uint32_t y,
                        uint32_t rows) {
  fill(types, p, group, y, rows);
  if (FREEBITS_LEVEL >= LEVEL_XPULPV2 && p->layer->stride == 1) {
    run_planes(types, p, 1, group, y, rows);
  } else {
    run_planes(types, p, FREEBITS_LEVEL >= LEVEL_XPULPV2 ? 2 : p->layer->stride, group, y, rows);
  }
}

FB_INLINE struct plan make_plan(struct fb_types types, uint32_t bits,
                                const struct fb_depthwise* l) {
  struct plan p = {.layer = l, .bits = bits};
  p.in_pixel = fb_pixel_bytes(l->channels, types.in_bits);
  p.out_pixel = fb_pixel_bytes(l->channels, types.out_bits);
  p.rescale = fb_make_rescale(l->pre, l->shift,
                              fb_sum_scale(bits, types.in_bits, (int)types.in_signed, bits));
  p.planes.data = (uint8_t*)l->scratch + fb_core() * l->scratch_bytes;
  p.planes.channels = fb_depthwise_group(types.in_bits, bits);
  p.planes.pitch = fb_depthwise_pitch(l->in_width, l->pad_left, l->out_width, l->stride, bits);
  // The most for which fb_depthwise_scratch() is there.
  const uint32_t none = fb_depthwise_scratch(0, p.planes.pitch, l->stride, types.in_bits, bits, 0);
  const uint32_t one =
      fb_depthwise_scratch(1, p.planes.pitch, l->stride, types.in_bits, bits, l->out_width);
  p.rows = (l->scratch_bytes - none) / (one - none);
  if (p.rows > l->out_height) p.rows = l->out_height;
  p.planes.plane_bytes = 4 + p.planes.pitch * ((p.rows - 1) * l->stride + 3);
  return p;
}

FB_INLINE void depthwise(struct fb_types types, uint32_t bits, const struct fb_depthwise* layer) {
  const struct fb_depthwise l = *layer;  // on the stack, in L1
  const struct plan plan = make_plan(types, bits, &l), *const p = &plan;
  fb_begin_outputs(types, p->rescale);
  const uint32_t groups = (l.channels + p->planes.channels - 1) / p->planes.channels;
  const struct fb_share share = fb_split(l.out_height, groups, FB_DEPTHWISE_MORE_UNITS, 0);
  fb_clear_borders(&p->planes, (p->rows - 1) * l.stride + 3, l.in_width, bits);
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

FB_INLINE void depthwise_of_bits(struct fb_types types, const struct fb_depthwise* layer) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (types.in_bits != 8 && layer->bits != 8) {
    depthwise(types, types.in_bits, layer);
    return;
  }
#endif
  depthwise(types, 8, layer);
}

#define DEFINE(in, out)                                              \
  void fb_depthwise_##in##_##out(const struct fb_depthwise* layer) { \
    depthwise_of_bits(FB_TYPES(in, s8, out), layer);                 \
  }
FB_FOR_OUTPUTS(DEFINE, IN)
