// SPDX-License-Identifier: Apache-2.0
// Convolution of any kernel size, pointwise and fully connected included, for input type IN (-D).
//
// A kernel row of a window lies in one piece in the HWC input, so windows inside the image are read
// where they are. Those over its left and right border, and types the level has no dot product for,
// go through copies in the core's scratch memory (patch.h), made once for all output channels. Rows
// above and below the image are left out.
#include "block.h"
#include "conv_split.h"
#include "epilogue.h"
#include "freebits/kernels.h"
#include "patch.h"
#include "work.h"

/// What is the same for the whole layer.
struct plan {
  const struct fb_conv* layer;
  uint32_t in_width, in_height;  // a pointwise layer is one row
  uint32_t out_width, out_height;
  uint32_t pixel_words;          // of an input pixel as stored
  uint32_t patch_pixel;          // bytes of one in a patch
  uint32_t dot_bits;             // fb_dot_bits()
  uint32_t row_words;            // of weights: a kernel row of a group of four channels
  uint32_t row_steps;            // of fb_block(): a kernel row
  uint32_t full, units_per_row;  // blocks of most pixels in a row of outputs; with the rest
  uint32_t inside_end;           // units of a row before the first over its right border
  uint32_t patch_bytes, unpacked_bytes;
  uint32_t out_pixel;  // bytes
  struct fb_conv_work work;
  struct fb_rescale rescale;
};

/// What the blocks cost, about (work_split.h).
FB_INLINE struct fb_conv_work work_of(struct fb_types types, const struct plan* p) {
  const struct fb_conv* l = p->layer;
  const uint32_t a = types.in_bits, w = types.w_bits, most = fb_block_pixels(types);
  const uint32_t groups = (l->out_channels + 3U) / 4;
  return (struct fb_conv_work){
      .in_height = p->in_height,
      .out_height = p->out_height,
      .kernel_height = l->kernel_height,
      .stride = l->stride,
      .pad_top = l->pad_top,
      .blocks = p->units_per_row * groups,
      .groups = groups,
      .unit = FB_CONV_UNIT_CYCLES + p->patch_bytes,
      .row = FB_CONV_WORD_CYCLES * most * p->row_steps *
             (p->dot_bits != 0 ? 1
              : a > w          ? a / w
                               : w / a),
      .other = FB_CONV_PIXEL_CYCLES * most,
  };
}

FB_INLINE struct plan make_plan(struct fb_types types, const struct fb_conv* l) {
  struct plan p = {.layer = l};
  const int flat = l->kernel_width == 1 && l->kernel_height == 1 && l->stride == 1;
  p.in_width = flat ? (uint32_t)l->in_width * l->in_height : l->in_width;
  p.in_height = flat ? 1 : l->in_height;
  p.out_width = flat ? (uint32_t)l->out_width * l->out_height : l->out_width;
  p.out_height = flat ? 1 : l->out_height;

  p.dot_bits = fb_dot_bits(FREEBITS_LEVEL, types.in_bits, types.w_bits);
  p.pixel_words = fb_pixel_bytes(l->in_channels, types.in_bits) / 4;
  p.patch_pixel = p.pixel_words * 4 * (p.dot_bits == 0 ? 1 : p.dot_bits / types.in_bits);
  const uint32_t steps = fb_row_steps(l->kernel_width * p.pixel_words * (32 / types.in_bits),
                                      types.in_bits, types.w_bits);
  p.row_words = 4 * steps * fb_step_words(types.in_bits, types.w_bits);
  p.row_steps = steps;
  if (p.dot_bits != 0) {
    p.row_steps *= fb_step_elements(types.in_bits, types.w_bits) * p.dot_bits / 32;
    if (p.dot_bits > types.w_bits) p.unpacked_bytes = 16 * p.row_steps * l->kernel_height;
  }

  const uint32_t most = fb_block_pixels(types), rest = p.out_width % most;
  p.full = p.out_width / most;
  p.units_per_row = p.full + rest / 2 + rest % 2;
  const uint32_t columns = (most - 1) * l->stride + l->kernel_width;
  const uint32_t padded = p.in_width + l->pad_left;
  p.inside_end = padded < columns ? 0 : (padded - columns) / (most * l->stride) + 1;
  if (p.inside_end > p.full) p.inside_end = p.full;
  p.patch_bytes = columns * l->kernel_height * p.patch_pixel;
  p.out_pixel = fb_pixel_bytes(l->out_channels, types.out_bits);
  p.work = work_of(types, &p);
  p.rescale = fb_make_rescale(
      l->pre, l->shift, fb_sum_scale(p.dot_bits, types.in_bits, types.in_signed, types.w_bits));
  return p;
}

/// A few output pixels next to each other.
struct unit {
  uint32_t x, y, pixels;
};

FB_INLINE void size_unit(uint32_t most, const struct plan* p, struct unit* u) {
  const uint32_t left = p->out_width - u->x;
  u->pixels = left >= most ? most : left >= 2 ? 2 : 1;
}
FB_INLINE struct unit first_unit(uint32_t most, const struct plan* p, uint32_t index) {
  const uint32_t column = index % p->units_per_row;
  struct unit u = {column * most, index / p->units_per_row, 0};
  if (column > p->full) u.x = p->full * most + 2;
  size_unit(most, p, &u);
  return u;
}
/// Past `units` side by side of as many pixels.
FB_INLINE void next_unit(uint32_t most, const struct plan* p, struct unit* u, uint32_t units) {
  u->x += units * u->pixels;
  if (u->x == p->out_width) {
    u->x = 0;
    ++u->y;
  }
  size_unit(most, p, u);
}

/// The input under a unit, without the rows outside the image.
struct view {
  struct fb_window window;
  uint32_t skipped_rows;  // of the kernel, above the image
  int copied;
};

FB_INLINE struct view view_of(struct fb_types types, const struct plan* p, const struct unit* u) {
  const struct fb_conv* l = p->layer;
  const struct fb_kernel_rows rows = fb_kernel_rows(&p->work, u->y);
  const int32_t x = (int32_t)(u->x * l->stride) - l->pad_left;
  struct view v;
  v.skipped_rows = rows.above;
  v.window.x = x;
  v.window.y = (int32_t)(u->y * l->stride + rows.above) - l->pad_top;
  v.window.columns = (u->pixels - 1) * l->stride + l->kernel_width;
  v.window.rows = rows.inside;
  v.copied = (p->dot_bits != 0 && p->dot_bits != types.in_bits) || x < 0 ||
             x + (int32_t)v.window.columns > (int32_t)p->in_width;
  return v;
}

/// A group's weights as the dot products take them, 4 words a step.
FB_INLINE void unpack_weights(struct fb_types types, const struct plan* p, uint32_t* to,
                              const uint32_t* from, uint32_t words) {
  for (; words != 0; words -= 4, from += 4) {
#pragma clang loop unroll(full)
    for (uint32_t plane = 0; plane < p->dot_bits / types.w_bits; ++plane) {
#pragma clang loop unroll(full)
      for (uint32_t c = 0; c < 4; ++c) {
        *to++ = fb_plane(from[c], plane, types.w_bits, p->dot_bits, 1);
      }
    }
  }
}

FB_INLINE struct fb_block_operands operands_of(const struct plan* p, const struct view* v,
                                               const uint8_t* patch, const uint32_t* group_weights,
                                               uint32_t row_words) {
  const struct fb_conv* l = p->layer;
  const uint32_t pixel = v->copied ? p->patch_pixel : p->pixel_words * 4;
  struct fb_block_operands o = {
      .a = patch,
      .pixel_stride = (int32_t)(pixel * l->stride),
      .row_step = (int32_t)(pixel * (v->copied ? v->window.columns : p->in_width)),
      .more_rows = v->window.rows - 1,
      .steps = p->row_steps,
  };
  if (!v->copied) {
    o.a = (const uint8_t*)l->input +
          (v->window.y * (int32_t)p->in_width + v->window.x) * (int32_t)pixel;
  }
  o.w = group_weights + v->skipped_rows * row_words;
  return o;
}

FB_INLINE uint8_t* output_of(const struct plan* p, const struct unit* u) {
  return (uint8_t*)p->layer->output + (u->y * p->out_width + u->x) * p->out_pixel;
}

FB_INLINE void copy(struct fb_types types, const struct plan* p, const struct view* v,
                    uint8_t* patch) {
  fb_copy_window((uint32_t*)patch, (const uint32_t*)p->layer->input, (int32_t)p->in_width,
                 v->window, p->pixel_words, types.in_bits, p->dot_bits, (int)types.in_signed);
}

/// Groups of four channels next to each other, at least one, for units side by side whose windows
/// are `a_step` bytes apart.
struct strip {
  uint32_t first, count;  // groups
  uint32_t units;
  int32_t a_step;
};

/// From a unit on, at most `limit` blocks.
FB_INLINE struct strip strip_of(struct fb_types types, const struct plan* p, const struct unit* u,
                                const struct view* v, uint32_t first, uint32_t count,
                                uint32_t limit) {
  const uint32_t most = fb_block_pixels(types);
  const int all_copied = p->dot_bits != 0 && p->dot_bits != types.in_bits;
  struct strip s = {first, count, 1, (int32_t)p->patch_bytes};
  if (u->pixels != most || (v->copied && !all_copied)) return s;
  s.units = (all_copied ? p->full : p->inside_end) - u->x / most;
  if (!all_copied) s.a_step = (int32_t)(most * p->layer->stride * p->pixel_words * 4);
  if (s.units * count > limit) s.units = limit / count;
  return s;
}

FB_INLINE void run_strip(struct fb_types types, uint32_t pixels, const struct plan* p,
                         struct fb_block_operands o, uint32_t w_skip, const struct strip* s,
                         uint8_t* to) {
  const int32_t pixel = (int32_t)p->out_pixel;
  const struct fb_requant_channel* const channel = p->layer->requant + 4 * s->first;
  const struct fb_requant_channel* const end = channel + 4 * s->count;
  const uint32_t* const w = o.w;
  struct fb_outputs outputs = {
      .pixel = pixel,
      .back = (int32_t)(types.out_bits / 2) - (int32_t)(pixels - 1) * pixel,
      .rescale = p->rescale,
  };
  fb_units_begin(types, pixels, &o);
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  // Apart from the loop below: with both in one, units of more kernel rows take longer. Weights
  // that are unpacked are so for one block after the other.
  if (pixels == fb_block_pixels(types) && p->dot_bits <= types.w_bits && o.more_rows == 0 &&
      o.steps > 1 && w_skip == 0) {
    outputs.end = end;
    for (uint32_t units = s->units; units != 0; --units) {
      fb_begin_weights(&o, w);
      outputs.channel = channel;
      outputs.to = to;
      fb_one_row_blocks(types, pixels, &o, &outputs);
      o.a += s->a_step;
      to += (int32_t)pixels * pixel;
    }
    return;
  }
#endif
  for (uint32_t units = s->units; units != 0; --units) {
    fb_begin_weights(&o, w);
    outputs.channel = channel;
    outputs.end = w_skip == 0 ? end : channel + 4;
    outputs.to = to;
    for (;;) {
      fb_blocks(types, pixels, &o, &outputs);
      if (outputs.channel == end) break;
      fb_skip_weights(&o, w_skip);
      outputs.end += 4;
    }
    o.a += s->a_step;
    to += (int32_t)pixels * pixel;
  }
}

/// Zeros behind the last channels.
FB_INLINE void clear_tails(struct fb_types types, const struct plan* p, uint8_t* pixel,
                           uint32_t pixels) {
  const uint32_t channels = p->layer->out_channels;
  if ((channels + 3) / 4 * types.out_bits / 2 == p->out_pixel) return;
  for (; pixels != 0; --pixels, pixel += p->out_pixel) {
    fb_clear_tail(types.out_bits, pixel, channels);
  }
}

/// The outputs of a strip that begins with unit `u`.
FB_INLINE void finish_strip(struct fb_types types, const struct plan* p, const struct unit* u,
                            const struct fb_block_operands* o, uint32_t w_skip,
                            const struct strip* s) {
  uint8_t* const pixel = output_of(p, u);
  uint8_t* const to = pixel + s->first * types.out_bits / 2;
  if (u->pixels == 4 && fb_block_pixels(types) == 4) {
    run_strip(types, 4, p, *o, w_skip, s, to);
  } else if (u->pixels == 2) {
    run_strip(types, 2, p, *o, w_skip, s, to);
  } else {
    run_strip(types, 1, p, *o, w_skip, s, to);
  }
  if (4 * (s->first + s->count) >= p->layer->out_channels) {
    clear_tails(types, p, pixel, s->units * u->pixels);
  }
}

/// Weights as they are: unit by unit, of the first and the last perhaps some groups only.
FB_INLINE void by_units(struct fb_types types, const struct plan* p, uint32_t all_groups,
                        uint8_t* patch) {
  const struct fb_conv* l = p->layer;
  const uint32_t most = fb_block_pixels(types), group_words = p->row_words * l->kernel_height;
  const struct fb_blocks blocks = fb_split_blocks(p->work);
  struct unit u = first_unit(most, p, blocks.first / all_groups);
  uint32_t group = blocks.first % all_groups;
  for (uint32_t left = blocks.last - blocks.first; left != 0;) {
    const uint32_t count = left < all_groups - group ? left : all_groups - group;
    const struct view v = view_of(types, p, &u);
    if (v.copied) copy(types, p, &v, patch);
    const uint32_t* w = (const uint32_t*)l->weights + group * group_words;
    const struct fb_block_operands o = operands_of(p, &v, patch, w, p->row_words);
    const uint32_t limit = v.copied || count != all_groups ? count : left;
    const struct strip s = strip_of(types, p, &u, &v, group, count, limit);
    finish_strip(types, p, &u, &o, (l->kernel_height - v.window.rows) * p->row_words, &s);
    left -= s.units * count;
    group = 0;
    next_unit(most, p, &u, s.units);
  }
}

/// Weights are unpacked: group by group, for as many units as their copies fit the scratch memory.
FB_INLINE void by_groups(struct fb_types types, const struct plan* p, uint32_t all_groups,
                         uint8_t* scratch) {
  const struct fb_conv* l = p->layer;
  const struct fb_share share =
      fb_split(p->units_per_row * p->out_height, all_groups, 1, p->dot_bits > types.in_bits);
  const uint32_t most = fb_block_pixels(types), group_words = p->row_words * l->kernel_height;
  uint8_t* const patches = scratch + p->unpacked_bytes;
  uint8_t* const last_patch = scratch + l->scratch_bytes - p->patch_bytes;
  struct unit begin = first_unit(most, p, share.first_unit);
  for (uint32_t done = share.first_unit; done < share.last_unit;) {
    struct unit u = begin;
    uint32_t count = 0;
    uint8_t* patch = patches;
    for (; done + count < share.last_unit; ++count, next_unit(most, p, &u, 1)) {
      const struct view v = view_of(types, p, &u);
      if (!v.copied) continue;
      if (patch > last_patch) break;
      copy(types, p, &v, patch);
      patch += p->patch_bytes;
    }
    for (uint32_t group = share.first_group; group < share.last_group; ++group) {
      unpack_weights(types, p, (uint32_t*)scratch,
                     (const uint32_t*)l->weights + group * group_words, group_words);
      u = begin;
      patch = patches;
      for (uint32_t left = count; left != 0;) {
        const struct view v = view_of(types, p, &u);
        const struct fb_block_operands o =
            operands_of(p, &v, patch, (const uint32_t*)scratch, 4 * p->row_steps);
        const struct strip s = strip_of(types, p, &u, &v, group, 1, left);
        finish_strip(types, p, &u, &o, 0, &s);
        if (v.copied) patch += s.units * p->patch_bytes;
        left -= s.units;
        next_unit(most, p, &u, s.units);
      }
    }
    begin = u;
    done += count;
  }
}

#if FREEBITS_LEVEL == LEVEL_XPULPV2 || FREEBITS_LEVEL == LEVEL_XPULPNN
/// Weights of the only pixel are unpacked on their way to the dot products.
FB_INLINE void one_pixel(struct fb_types types, const struct plan* p, uint8_t* patch) {
  const struct fb_conv* l = p->layer;
  const struct fb_blocks blocks = fb_split_blocks(p->work);
  const struct unit u = {0, 0, 1};
  const struct view v = view_of(types, p, &u);
  const uint32_t w_skip = (l->kernel_height - v.window.rows) * p->row_words;
  if (v.copied) copy(types, p, &v, patch);
  struct fb_block_operands o = operands_of(
      p, &v, patch, (const uint32_t*)l->weights + blocks.first * p->row_words * l->kernel_height,
      p->row_words);
  struct fb_outputs outputs = {
      .channel = l->requant + 4 * blocks.first,
      .to = output_of(p, &u) + blocks.first * types.out_bits / 2,
      .back = (int32_t)types.out_bits / 2,
      .rescale = p->rescale,
  };
  fb_units_begin(types, 1, &o);
  for (uint32_t left = blocks.last - blocks.first; left != 0; --left) {
    fb_packed_block(types, &o, &outputs);
    fb_skip_weights(&o, w_skip);
  }
  if (4 * blocks.last >= l->out_channels) clear_tails(types, p, output_of(p, &u), 1);
}
#endif

FB_INLINE void conv(struct fb_types types, const struct fb_conv* layer) {
  const struct fb_conv copy_of_layer = *layer;  // on the stack, in L1
  const struct plan plan = make_plan(types, &copy_of_layer);
  const uint32_t all_groups = (layer->out_channels + 3U) / 4;
  uint8_t* const scratch = (uint8_t*)layer->scratch + fb_core() * layer->scratch_bytes;
  fb_block_begin(types);
  fb_begin_outputs(types, plan.rescale);
#if FREEBITS_LEVEL == LEVEL_XPULPV2 || FREEBITS_LEVEL == LEVEL_XPULPNN
  if (plan.dot_bits > types.w_bits && plan.out_width * plan.out_height == 1) {
    one_pixel(types, &plan, scratch);
    return;
  }
#endif
  if (plan.dot_bits > types.w_bits) {
    by_groups(types, &plan, all_groups, scratch);
  } else {
    by_units(types, &plan, all_groups, scratch);
  }
}

#define DEFINE(in, w, out)                                       \
  void fb_conv_##in##_##w##_##out(const struct fb_conv* layer) { \
    conv(FB_TYPES(in, w, out), layer);                           \
  }
FB_FOR_WEIGHTS(DEFINE, IN)
