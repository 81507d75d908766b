// SPDX-License-Identifier: Apache-2.0
// What a file of this folder says about the data set it opens.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "search/data/augment.hpp"
#include "search/data/dataset.hpp"
#include "search/data/image_folder.hpp"
#include "search/data/synthetic.hpp"

namespace freebits::search {

struct DatasetOptions {
  OnCorrupt on_corrupt = OnCorrupt::Refuse;
  std::optional<unsigned> pad_to;             ///< height and width of images with a black border
  std::optional<FolderOptions> folder;        ///< only for kinds that have pictures
  std::optional<SyntheticOptions> synthetic;  ///< only for kinds that count
};

/// Crop and flip, as is usual for small pictures.
inline constexpr Augmentation kCropAndFlip = {.view = false, .pad = 4, .flip = true};

/// What NAME, or NAME:DIR, stands for in `--dataset`.
struct DatasetKind {
  std::string_view name;
  std::string_view description;  ///< a few words for --help
  bool has_folder = true;        ///< NAME:DIR; otherwise NAME alone
  /// Files with pictures of any size: they are scaled for the network (DatasetOptions::folder), and
  /// decoded whenever they are read.
  bool has_pictures = false;
  bool counts = false;  ///< takes DatasetOptions::synthetic, a seed and numbers of images
  Augmentation augmentation = kCropAndFlip;  ///< in training, unless the user asks for another
  /// Opens a split. `folder` is empty for a kind without one. Throws Error, one line.
  std::unique_ptr<Dataset> (*open)(const std::filesystem::path& folder, Split split,
                                   const DatasetOptions& options);

  /// "cifar10:DIR".
  [[nodiscard]] std::string spec() const;
};

/// All that there are (registry.cpp), in the order of help texts.
[[nodiscard]] std::span<const DatasetKind* const> dataset_kinds();

/// The kind that a specification names; null when there is none of that name.
[[nodiscard]] const DatasetKind* find_dataset_kind(std::string_view spec);

}  // namespace freebits::search
