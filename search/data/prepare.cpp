// SPDX-License-Identifier: Apache-2.0
#include "search/data/prepare.hpp"

#include <cmath>

namespace freebits::search {

models::InputPreparation::Size scaled_size(const DecodedImage& image,
                                           const models::InputPreparation& preparation) {
  const auto [height, width] = preparation.scaled;
  // The side that has to grow more, or shrink less, decides; that the other one covers is then no
  // matter of rounding.
  const bool by_height =
      std::uint64_t{height} * image.full_width >= std::uint64_t{width} * image.full_height;
  const auto other = [](unsigned side, unsigned to, unsigned from, unsigned least) {
    const double exact = static_cast<double>(side) * to / from;
    return std::max(least, static_cast<unsigned>(std::lround(exact)));
  };
  if (by_height) return {height, other(image.full_width, height, image.full_height, width)};
  return {other(image.full_height, width, image.full_width, height), width};
}

void to_grey(std::vector<std::uint8_t>& rgb) {
  constexpr unsigned kRed = 19595, kGreen = 38470, kBlue = 7471, kHalf = 1U << 15, kShift = 16;
  for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
    const unsigned sum = rgb[3 * i] * kRed + rgb[3 * i + 1] * kGreen + rgb[3 * i + 2] * kBlue;
    rgb[i] = static_cast<std::uint8_t>((sum + kHalf) >> kShift);
  }
}

}  // namespace freebits::search
