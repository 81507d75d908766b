// SPDX-License-Identifier: Apache-2.0
#include "search/data/augment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace freebits::search {
namespace {

void check(ImageShape shape, const Augmentation& augmentation, const Normalization& n) {
  if (augmentation.pad > std::min(shape.height, shape.width)) {
    throw Error(fmt::format("crop padding of {}: expected at most the {} x {} of the images",
                            augmentation.pad, shape.height, shape.width));
  }
  if (n.mean.empty() && n.deviation.empty()) return;
  if (n.mean.size() != shape.channels || n.deviation.size() != shape.channels) {
    throw Error(fmt::format("normalisation: {} means and {} deviations, expected {} of each",
                            n.mean.size(), n.deviation.size(), shape.channels));
  }
  for (unsigned c = 0; c < shape.channels; ++c) {
    const double mean = n.mean[c], deviation = n.deviation[c];
    if (std::isfinite(mean) && std::isfinite(deviation) && deviation > 0) continue;
    throw Error(fmt::format(
        "normalisation of channel {}: mean {}, deviation {}; expected finite numbers and "
        "a deviation above 0",
        c, mean, deviation));
  }
}

}  // namespace

Augmenter::Augmenter(ImageShape shape, Augmentation augmentation, const Normalization& n)
    : shape_(shape), augmentation_(augmentation) {
  check(shape, augmentation, n);
  for (unsigned x = 0; x < shape.width; ++x) {
    for (unsigned c = 0; c < shape.channels; ++c) {
      const double mean = n.mean.empty() ? 0 : n.mean[c];
      const double deviation = n.deviation.empty() ? 1 : n.deviation[c];
      factor_.push_back(static_cast<float>(1 / (255 * deviation)));
      offset_.push_back(static_cast<float>(-mean / deviation));
    }
  }
}

void Augmenter::apply(std::span<const std::uint8_t> in, Random& random,
                      std::span<float> out) const {
  const int pad = static_cast<int>(augmentation_.pad);
  const int down = static_cast<int>(random.below(2 * augmentation_.pad + 1)) - pad;
  const int right = static_cast<int>(random.below(2 * augmentation_.pad + 1)) - pad;
  const bool flip = random.below(2) == 1 && augmentation_.flip;
  const int height = static_cast<int>(shape_.height);
  const std::size_t row = offset_.size();
  for (int y = 0; y < height; ++y) {
    float* to = out.data() + static_cast<std::size_t>(y) * row;
    if (y + down < 0 || y + down >= height) {
      std::copy(offset_.begin(), offset_.end(), to);
      continue;
    }
    const std::uint8_t* from = in.data() + static_cast<std::size_t>(y + down) * row;
    flip ? flipped_row(from, to, right) : plain_row(from, to, right);
  }
}

/// Pixel x is pixel x + shift of `in`, black outside.
void Augmenter::plain_row(const std::uint8_t* in, float* out, int shift) const {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const std::size_t row = offset_.size();
  const std::size_t before = static_cast<std::size_t>(std::max(0, -shift)) * channels;
  const std::size_t after = static_cast<std::size_t>(std::max(0, shift)) * channels;
  const float* factor = factor_.data();
  const float* offset = offset_.data();
  std::copy_n(offset, before, out);
  const std::uint8_t* from = in + after;
  float* to = out + before;
  for (std::size_t i = 0; i < row - before - after; ++i)
    to[i] = static_cast<float>(from[i]) * factor[before + i] + offset[before + i];
  std::copy_n(offset, after, out + row - after);
}

/// The same, then left and right exchanged.
void Augmenter::flipped_row(const std::uint8_t* in, float* out, int shift) const {
  const int width = static_cast<int>(shape_.width);
  const std::size_t channels = shape_.channels;
  for (int x = 0; x < width; ++x) {
    const int source = width - 1 - x + shift;
    float* to = out + static_cast<std::size_t>(x) * channels;
    if (source < 0 || source >= width) {
      std::copy_n(offset_.data(), channels, to);
      continue;
    }
    const std::uint8_t* from = in + static_cast<std::size_t>(source) * channels;
    for (std::size_t c = 0; c < channels; ++c)
      to[c] = static_cast<float>(from[c]) * factor_[c] + offset_[c];
  }
}

}  // namespace freebits::search
