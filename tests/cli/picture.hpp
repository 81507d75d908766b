// SPDX-License-Identifier: Apache-2.0
// Pictures made here: small and quick.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace freebits::test {

inline std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string png_chunk(const std::string& name, const std::string& data) {
  const std::string checked = name + data;
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(static_cast<std::uint32_t>(crc));
}

/// An RGB picture; makes its folder. value(y, x, channel).
template <class Value>
void write_png(const std::filesystem::path& file, unsigned height, unsigned width, Value value) {
  std::string rows;
  for (unsigned y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    for (unsigned x = 0; x < width; ++x) {
      for (unsigned c = 0; c < 3; ++c) rows += static_cast<char>(value(y, x, c));
    }
  }
  uLongf size = compressBound(rows.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  packed.resize(size);
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      << "\x89PNG\r\n\x1a\n"
      << png_chunk("IHDR",
                   big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5))
      << png_chunk("IDAT", packed) << png_chunk("IEND", "");
}

/// folder/{train,val}/{left,right}: which half is bright, among noise. 40 pictures to train on.
inline void write_picture_set(const std::filesystem::path& folder) {
  unsigned noise = 1;
  for (const auto& [split, count] : {std::pair{"train", 20U}, {"val", 6U}}) {
    for (const std::string side : {"left", "right"}) {
      for (unsigned i = 0; i < count; ++i) {
        const unsigned width = 40 + i;
        write_png(folder / split / side / (std::to_string(i) + ".png"), 44, width,
                  [&](unsigned, unsigned x, unsigned) {
                    noise = noise * 1103515245 + 12345;
                    const bool bright = (x < width / 2) == (side == "left");
                    return (bright ? 120 : 0) + (noise >> 16) % 100;
                  });
      }
    }
  }
}

}  // namespace freebits::test
