// SPDX-License-Identifier: Apache-2.0
#include "search/data/image.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "search/data/border.hpp"
#include "search/data/image_file.hpp"
#include "search/data/prepare.hpp"

namespace freebits::search {

std::vector<std::uint8_t> read_image(const std::filesystem::path& file,
                                     const models::InputPreparation& preparation,
                                     const ImageShape& shape) {
  models::check(preparation);
  const ImageShape inner{preparation.crop.height, preparation.crop.width, shape.channels};
  const bool colour_or_grey = shape.channels == 3 || shape.channels == 1;
  if (!colour_or_grey || inner.height > shape.height || inner.width > shape.width) {
    throw Error(fmt::format("a picture of {} x {} for {} x {} x {}", inner.height, inner.width,
                            shape.height, shape.width, shape.channels));
  }
  std::vector<std::uint8_t> bytes;
  read_file(file, bytes);
  DecodedImage image;
  try {
    decode_image(bytes, least_shorter_side(preparation), image);
  } catch (const DamagedImage& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  }
  std::vector<std::uint8_t> pixels(shape.size());
  Resizer resizer;
  const auto middle = [](unsigned room) { return room / 2; };
  prepare(image, preparation, shape.channels, middle, resizer,
          std::span(pixels).first(inner.size()));
  add_border(inner, shape, pixels);
  return pixels;
}

bool is_image(const std::filesystem::path& file) { return starts_as_image(read_ends(file)); }

}  // namespace freebits::search
