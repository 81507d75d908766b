// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace freebits::search {

/// An array of whole numbers.
struct IntegerArray {
  std::vector<std::size_t> shape;
  std::vector<std::int64_t> values;  ///< the last index changes fastest
};

/// Whether the file begins as NumPy's .npy do. Throws Error when it cannot be read.
[[nodiscard]] bool is_npy(const std::filesystem::path& file);

/// A .npy, version 1 to 3, of numpy.bool or whole numbers of 1 to 8 bytes, in either byte order and
/// either order of indices. Throws Error, naming the file, when it is damaged or holds anything
/// else, and for a number above 2^63 - 1.
[[nodiscard]] IntegerArray read_npy(const std::filesystem::path& file);

}  // namespace freebits::search
