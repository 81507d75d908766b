// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace freebits::search {

/// A JPEG or PNG as [height][width][3]: scaled until it covers that, the middle cut out. Colours
/// and filter as in image_folder.hpp. Throws Error naming the file when it cannot be read or is
/// damaged.
[[nodiscard]] std::vector<std::uint8_t> read_image(const std::filesystem::path& file,
                                                   unsigned height, unsigned width);

}  // namespace freebits::search
