// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/scratch.hpp"

#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

constexpr std::uint32_t kMostPatches = 32;

std::vector<std::uint32_t> of_conv(const Machine& machine, const KernelLayer& l) {
  const unsigned a = bits(l.in_type), w = bits(l.weight_type);
  const fb_scratch s = fb_conv_scratch(machine.level, a, w, l.in.channels, l.kernel_height,
                                       l.kernel_width, l.stride);
  std::vector<std::uint32_t> sizes;
  const bool unpacks = fb_dot_bits(machine.level, a, w) > w;
  for (std::uint32_t patches = 1; patches <= (unpacks ? kMostPatches : 1); patches *= 2)
    sizes.push_back((s.fixed + patches * s.patch + 7) & ~7U);
  return sizes;
}

std::vector<std::uint32_t> of_depthwise(const Machine& machine, const KernelLayer& l,
                                        const Tiling& t) {
  const std::uint32_t in_bits = bits(l.in_type);
  const std::uint32_t lanes = fb_depthwise_bits(machine.level, in_bits, bits(l.weight_type));
  const std::uint32_t pitch =
      fb_depthwise_pitch(l.in.width, l.padding.left, l.out.width, l.stride, lanes);
  std::vector<std::uint32_t> sizes;
  for (unsigned parts = t.rows; parts != 0; parts /= 2) {
    const unsigned rows = (t.rows + parts - 1) / parts;
    const std::uint32_t bytes =
        fb_depthwise_scratch(rows, pitch, l.stride, in_bits, lanes, l.out.width);
    sizes.push_back((bytes + 7) & ~7U);
  }
  return sizes;
}

}  // namespace

std::vector<std::uint32_t> scratch_sizes(const Machine& machine, const KernelLayer& layer,
                                         const Tiling& tiling) {
  if (layer.kind == KernelKind::Conv) return of_conv(machine, layer);
  if (layer.kind == KernelKind::Depthwise) return of_depthwise(machine, layer, tiling);
  return {0};
}

}  // namespace freebits::models
