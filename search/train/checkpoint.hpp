// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "search/train/training_state.hpp"

namespace freebits::search {

/// A training run in a file (README.md has the format): versioned, with a checksum. A run
/// read and continued gives the same bits as one that went on.
///
/// Throws Error, one line that names the file and what is wrong with it: not a checkpoint, of
/// another version, cut short, damaged, or with a parameter that its network does not have, lacks,
/// or has in another size.
[[nodiscard]] TrainingState read_checkpoint(const std::filesystem::path& file);

/// Complete or not at all: whatever happens, what was there before stays until the new file is on
/// the disk. Throws Error, naming the file, when it cannot be written.
void write_checkpoint(const std::filesystem::path& file, const TrainingState& state);

/// Bytes that no checkpoint of this run will exceed, optimiser, average and best values included
/// that are not there yet.
[[nodiscard]] std::uint64_t most_checkpoint_bytes(const TrainingState& state);

}  // namespace freebits::search
