// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "models/graph/input_preparation.hpp"
#include "search/data/dataset.hpp"

namespace freebits::search {

/// A JPEG or PNG as the pixels of an image of `shape`, [height][width][channels], which has 3
/// channels or, for a grey picture, 1: what folder:DIR gives of the same file with the same
/// `preparation`, in the middle of black where that crops to less than `shape`. Throws Error naming
/// the file when it cannot be read or is damaged; Error for a preparation that does
/// not fit.
[[nodiscard]] std::vector<std::uint8_t> read_image(const std::filesystem::path& file,
                                                   const models::InputPreparation& preparation,
                                                   const ImageShape& shape);

/// Whether its first bytes are those of a JPEG or PNG. Throws Error when it cannot be read.
[[nodiscard]] bool is_image(const std::filesystem::path& file);

}  // namespace freebits::search
