// SPDX-License-Identifier: Apache-2.0
#include "freebits/search/data/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/image_file.hpp"
#include "data/resize.hpp"

namespace freebits::search {

std::vector<std::uint8_t> read_image(const std::filesystem::path& file, unsigned height,
                                     unsigned width) {
  std::vector<std::uint8_t> bytes;
  read_file(file, bytes);
  DecodedImage image;
  try {
    decode_image(bytes, std::max(height, width), image);
  } catch (const DamagedImage& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  }
  const double scale = std::max(static_cast<double>(height) / image.height,
                                static_cast<double>(width) / image.width);
  const auto axis = [scale](unsigned source, unsigned count) {
    const auto scaled = std::max(count, static_cast<unsigned>(std::lround(source * scale)));
    return Axis{source, scaled, (scaled - count) / 2, count};
  };
  std::vector<std::uint8_t> pixels(std::size_t{height} * width * 3);
  Resizer().apply(image.rgb, axis(image.height, height), axis(image.width, width), pixels);
  return pixels;
}

}  // namespace freebits::search
