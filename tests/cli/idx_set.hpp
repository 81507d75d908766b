// SPDX-License-Identifier: Apache-2.0
// A data set made here: small and quick.
#pragma once

#include <fstream>
#include <string>

namespace freebits::test {

/// Writes PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte: grey images of 16x16 whose class,
/// one of 4, is where the bright quarter is.
inline void write_idx_split(const std::string& prefix, unsigned count) {
  std::string images("\0\0\x08\x03", 4), labels("\0\0\x08\x01", 4);
  const auto number = [](unsigned n) {
    return std::string{'\0', '\0', static_cast<char>(n >> 8), static_cast<char>(n)};
  };
  images += number(count) + number(16) + number(16);
  labels += number(count);
  unsigned noise = 1;
  for (unsigned i = 0; i < count; ++i) {
    labels += static_cast<char>(i % 4);
    for (unsigned pixel = 0; pixel < 256; ++pixel) {
      const unsigned quarter = pixel / 128 * 2 + pixel % 16 / 8;
      noise = noise * 1103515245 + 12345;
      images += static_cast<char>((quarter == i % 4 ? 80 : 0) + (noise >> 16) % 120);
    }
  }
  std::ofstream(prefix + "-images-idx3-ubyte", std::ios::binary) << images;
  std::ofstream(prefix + "-labels-idx1-ubyte", std::ios::binary) << labels;
}

}  // namespace freebits::test
