// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "freebits/search/data/dataset.hpp"

namespace freebits::search {

struct FolderOptions {
  unsigned resize = 256;  ///< pixels of the shorter side after scaling
  unsigned crop = 224;    ///< height and width of what is cut out then, at most `resize`
  unsigned workers = 1;   ///< threads that check the files when the folder is opened
};

/// A tree as ImageNet's: folder/{train,val}/CLASS/*.{jpg,jpeg,png}, capitals or not; crop x crop
/// x 3. Classes are numbered in the order of their names, those of train/ where there is one. Files
/// of other names are not looked at. What a file is, its first bytes decide.
///
/// Opening looks at both ends of every file and decodes only those that do not end as an image
/// does; read() decodes, scales (triangle filter as wide as a pixel of the result, so nothing
/// aliases) and crops: at the centre, or read_view() at random. Grey becomes RGB, transparent
/// becomes white, CMYK is converted without a profile; EXIF orientation is not applied.
///
/// Throws Error for a folder that is missing or has no class, a class without images or not in
/// train/, and a damaged image, here or when it is read. With OnCorrupt::Skip those found here are
/// left out; in place of one found only when it is read, the next good one of its class is given.
/// skipped() counts both.
[[nodiscard]] std::unique_ptr<Dataset> open_image_folder(const std::filesystem::path& folder,
                                                         Split split, FolderOptions options = {},
                                                         OnCorrupt on_corrupt = OnCorrupt::Refuse);

}  // namespace freebits::search
