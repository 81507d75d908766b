// SPDX-License-Identifier: Apache-2.0
// From a decoded picture to the pixels that a network sees.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/graph/input_preparation.hpp"
#include "search/data/image_file.hpp"
#include "search/data/resize.hpp"

namespace freebits::search {

/// Height and width that a picture of full_height x full_width is scaled to: both sides alike, it
/// just covers preparation.scaled.
[[nodiscard]] models::InputPreparation::Size scaled_size(
    const DecodedImage& image, const models::InputPreparation& preparation);

/// What decode_image() has to give at least, for this.
[[nodiscard]] inline unsigned least_shorter_side(const models::InputPreparation& preparation) {
  return std::max(preparation.scaled.height, preparation.scaled.width);
}

/// RGB to grey, in place: (19595 R + 38470 G + 7471 B + 32768) / 65536 (ITU-R BT.601).
void to_grey(std::vector<std::uint8_t>& rgb);

/// Scales and cuts `preparation.crop` out, [height][width][channels]; channels is 3 or 1, for which
/// the picture becomes grey. offset(room): where the crop begins, from 0 to the `room` pixels it
/// may move; asked for y, then x.
template <class Offset>
void prepare(DecodedImage& image, const models::InputPreparation& preparation, unsigned channels,
             Offset& offset, Resizer& resizer, std::span<std::uint8_t> out) {
  const auto scaled = scaled_size(image, preparation);
  const auto axis = [&](unsigned source, unsigned to, unsigned count) {
    return Axis{source, to, offset(to - count), count};
  };
  const Axis y = axis(image.height, scaled.height, preparation.crop.height);
  const Axis x = axis(image.width, scaled.width, preparation.crop.width);
  if (channels == 1) to_grey(image.rgb);
  resizer.apply(image.rgb, channels, y, x, out);
}

}  // namespace freebits::search
