// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include "data/image_file.hpp"

namespace freebits::search {
namespace {

struct PngImage : png_image {
  PngImage() : png_image{} { version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(this); }
};

}  // namespace

void decode_png(std::span<const std::uint8_t> bytes, DecodedImage& image) {
  PngImage png;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0)
    throw DamagedImage(fmt::format("damaged PNG of {} bytes: {}", bytes.size(), png.message));
  if (std::uint64_t{png.height} * png.width > kMostPixels) {
    throw DamagedImage(fmt::format("PNG of {} x {} pixels, expected at most {}", png.width,
                                   png.height, kMostPixels));
  }
  png.format = PNG_FORMAT_RGB;
  image.full_height = image.height = png.height;
  image.full_width = image.width = png.width;
  image.rgb.resize(std::size_t{png.height} * png.width * 3);
  const png_color white = {255, 255, 255};
  if (png_image_finish_read(&png, &white, image.rgb.data(), 0, nullptr) == 0) {
    throw DamagedImage(fmt::format("damaged PNG: {} bytes do not give all of {} x {} pixels: {}",
                                   bytes.size(), image.width, image.height, png.message));
  }
}

}  // namespace freebits::search
