// SPDX-License-Identifier: Apache-2.0
#include "pictures.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <stdexcept>
#include <string_view>
// Needs what <cstdio> declares.
#include <jpeglib.h>
#include <png.h>

#include "base/random.hpp"

namespace freebits::search::test {
namespace {

void put(Bytes& to, std::uint32_t value, unsigned bytes, bool big_endian) {
  for (unsigned i = 0; i < bytes; ++i)
    to.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian ? bytes - 1 - i : i)));
}

void append(png_structp png, png_bytep data, std::size_t count) {
  auto& bytes = *static_cast<Bytes*>(png_get_io_ptr(png));
  bytes.insert(bytes.end(), data, data + count);
}

int colour_type(PngColours colours) {
  constexpr std::array<int, 5> kTypes = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                         PNG_COLOR_TYPE_PALETTE, PNG_COLOR_TYPE_RGB,
                                         PNG_COLOR_TYPE_RGB_ALPHA};
  return kTypes.at(static_cast<std::size_t>(colours));
}

J_COLOR_SPACE stored_as(JpegColours colours) {
  constexpr std::array<J_COLOR_SPACE, 5> kSpaces = {JCS_GRAYSCALE, JCS_RGB, JCS_YCbCr, JCS_CMYK,
                                                    JCS_YCCK};
  return kSpaces.at(static_cast<std::size_t>(colours));
}

void write_exif(jpeg_compress_struct& info, const Bytes& exif) {
  Bytes marker = {'E', 'x', 'i', 'f', 0, 0};
  marker.insert(marker.end(), exif.begin(), exif.end());
  jpeg_write_marker(&info, JPEG_APP0 + 1, marker.data(), static_cast<unsigned>(marker.size()));
}

/// A few soft spots under noise: what a JPEG is made for, and what it is not.
Bytes random_row(Random& random, unsigned y, unsigned width, unsigned channels) {
  Bytes row;
  for (unsigned x = 0; x < width; ++x) {
    for (unsigned c = 0; c < channels; ++c)
      row.push_back(static_cast<std::uint8_t>((y * 3 + x * (2 + c) + random.below(60)) % 256));
  }
  return row;
}

}  // namespace

Bytes exif(unsigned orientation, bool big_endian) {
  constexpr std::uint32_t kMake = 271, kOrientation = 274, kAscii = 2, kShort = 3, kDirectory = 8;
  Bytes tiff = big_endian ? Bytes{'M', 'M'} : Bytes{'I', 'I'};
  const auto add = [&](std::uint32_t value, unsigned bytes) {
    put(tiff, value, bytes, big_endian);
  };
  add(42, 2);
  add(kDirectory, 4);
  add(2, 2);  // entries
  add(kMake, 2);
  add(kAscii, 2);
  add(3, 4);
  tiff.insert(tiff.end(), {'f', 'b', 0, 0});
  add(kOrientation, 2);
  add(kShort, 2);
  add(1, 4);
  add(orientation, 2);
  add(0, 2);
  add(0, 4);  // no further directory
  return tiff;
}

Bytes random_png(const PngKind& kind, std::uint64_t seed, unsigned height, unsigned width) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append, nullptr);
  png_set_IHDR(png, info, width, height, kind.depth, colour_type(kind.colours),
               kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  const Bytes colours = random_bytes(std::size_t{3} << kind.depth % 16, seed + 1);
  std::vector<png_color> palette;
  for (std::size_t i = 0; i + 2 < colours.size(); i += 3)
    palette.push_back({colours[i], colours[i + 1], colours[i + 2]});
  if (kind.colours == PngColours::Palette)
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  png_write_info(png, info);
  const std::size_t size = png_get_rowbytes(png, info);
  Bytes pixels = random_bytes(size * height, seed);
  if (kind.fill) std::ranges::fill(pixels, *kind.fill);
  std::vector<png_bytep> rows;
  for (unsigned y = 0; y < height; ++y) rows.push_back(pixels.data() + y * size);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

Bytes with_chunk(const Bytes& png, const std::string& name, const Bytes& data,
                 const std::string& before) {
  std::string chunk = name;
  chunk.append(data.begin(), data.end());
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(chunk.data()), chunk.size());
  const auto place = std::search(png.begin(), png.end(), before.begin(), before.end());
  if (place == png.end()) throw std::runtime_error("no chunk " + before);
  Bytes result(png.begin(), place - 4);
  put(result, static_cast<std::uint32_t>(data.size()), 4, true);
  std::ranges::copy(chunk, std::back_inserter(result));
  put(result, static_cast<std::uint32_t>(crc), 4, true);
  result.insert(result.end(), place - 4, png.end());
  return result;
}

Bytes with_gamma(const Bytes& png, std::uint32_t gamma) {
  Bytes data;
  put(data, gamma, 4, true);
  const std::string_view text(reinterpret_cast<const char*>(png.data()), png.size());
  return with_chunk(png, "gAMA", data, text.find("PLTE") < text.find("IDAT") ? "PLTE" : "IDAT");
}

Bytes random_jpeg(const JpegKind& kind, std::uint64_t seed, const Bytes& exif, unsigned height,
                  unsigned width) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_height = height;
  info.image_width = width;
  const bool grey = kind.colours == JpegColours::Grey;
  const bool four = kind.colours == JpegColours::Cmyk || kind.colours == JpegColours::Ycck;
  const unsigned channels = grey ? 1 : four ? 4 : 3;
  info.input_components = static_cast<int>(channels);
  info.in_color_space = grey ? JCS_GRAYSCALE : four ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, stored_as(kind.colours));
  jpeg_set_quality(&info, 80, TRUE);
  if (kind.colours == JpegColours::Ycc || kind.colours == JpegColours::Ycck) {
    for (int c = 0; c < info.num_components; ++c) {
      const bool light = c == 0 || c == 3;
      info.comp_info[c].h_samp_factor = light ? kind.horizontal : 1;
      info.comp_info[c].v_samp_factor = light ? kind.vertical : 1;
    }
  }
  if (!kind.adobe) info.write_Adobe_marker = FALSE;
  info.restart_in_rows = static_cast<int>(kind.restart_rows);
  if (kind.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  if (!exif.empty()) write_exif(info, exif);
  Random random({seed});
  for (unsigned y = 0; y < height; ++y) {
    Bytes row = random_row(random, y, width, channels);
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&info, &rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

}  // namespace freebits::search::test
