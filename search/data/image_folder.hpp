// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "models/graph/input_preparation.hpp"
#include "search/data/dataset.hpp"

namespace freebits::search {

/// As is usual for ImageNet: 224 cut out of 256, other sizes in proportion (96 of 110).
[[nodiscard]] models::InputPreparation folder_preparation(unsigned height, unsigned width);

struct FolderOptions {
  models::InputPreparation preparation = folder_preparation(224, 224);
  unsigned channels = 3;  ///< 1: grey
  unsigned workers = 1;   ///< threads that check the files when the folder is opened
};

/// A tree as ImageNet's: folder/{train,val}/CLASS/*.{jpg,jpeg,png}, capitals or not; images of
/// preparation.crop. Classes are numbered in the order of their names, those of train/ where there
/// is one. Names that start with a dot are ignored, files of other names not used: remarks() counts
/// both. What a file is, its first bytes decide.
///
/// Opening looks at both ends of every file and decodes only those that do not end as an image
/// does; read() decodes, scales (triangle filter as wide as a pixel of the result, so nothing
/// aliases) and crops: at the centre, or read_view() at random. What decoding means, the README
/// says: samples as they are stored, upright.
///
/// Throws Error for a folder that is missing or has no class, a class without images or not in
/// train/, and a damaged image, here or when it is read. With OnCorrupt::Skip those found here are
/// left out; in place of one found only when it is read, the next good one of its class is given.
/// skipped() counts both.
[[nodiscard]] std::unique_ptr<Dataset> open_image_folder(const std::filesystem::path& folder,
                                                         Split split, FolderOptions options = {},
                                                         OnCorrupt on_corrupt = OnCorrupt::Refuse);

}  // namespace freebits::search
