// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// CIFAR-10, binary version (https://www.cs.toronto.edu/~kriz/cifar.html), 32x32x3:
/// data_batch_1.bin … data_batch_5.bin or test_batch.bin in `folder` or in its
/// cifar-10-batches-bin. A record is a label byte and 3072 bytes, all red, then all green, then all
/// blue; a file holds any whole number of them (10,000 as published). All of it is kept in memory
/// (150 MB).
///
/// Throws Error for a file that is missing, and for one that is empty, ends within a record or has
/// a label above 9: OnCorrupt::Skip leaves out that record, or counts the empty file.
[[nodiscard]] std::unique_ptr<Dataset> open_cifar10(const std::filesystem::path& folder,
                                                    Split split,
                                                    OnCorrupt on_corrupt = OnCorrupt::Refuse);

}  // namespace freebits::search
