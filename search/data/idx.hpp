// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// A set of the MNIST family: grey images in IDX files (http://yann.lecun.com/exdb/mnist), plain or
/// .gz, named as there: {train,t10k}-images-idx3-ubyte and {train,t10k}-labels-idx1-ubyte (also
/// with a dot for the second hyphen). The number of classes is the largest label of both splits
/// + 1. All of it is kept in memory.
///
/// Throws Error for a file that is missing, not IDX, damaged, or not of the size that its header
/// says, and when there are not as many labels as images. With OnCorrupt::Skip a file cut short is
/// used up to where it ends, and the images beyond are counted.
[[nodiscard]] std::unique_ptr<Dataset> open_idx(const std::filesystem::path& folder, Split split,
                                                OnCorrupt on_corrupt = OnCorrupt::Refuse);

}  // namespace freebits::search
