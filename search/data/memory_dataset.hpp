// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// Images that fit into memory, read and checked as a whole.
struct MemoryImages {
  ImageShape shape;
  unsigned classes = 0;
  std::vector<std::uint8_t> pixels;  ///< [image][height][width][channels]
  std::vector<std::uint8_t> labels;  ///< one each image, below `classes`
  std::size_t skipped = 0;
};

/// Throws Error when there is no image, pixels and labels are not of one number, or
/// a label is not below `classes`.
[[nodiscard]] std::unique_ptr<Dataset> memory_dataset(MemoryImages images);

}  // namespace freebits::search
