// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "search/data/dataset.hpp"
#include "search/data/image_folder.hpp"
#include "search/data/synthetic.hpp"

namespace freebits::search {

struct DatasetOptions {
  OnCorrupt on_corrupt = OnCorrupt::Refuse;
  std::optional<unsigned> pad_to;             ///< height and width of images with a black border
  std::optional<FolderOptions> folder;        ///< for folder:DIR only
  std::optional<SyntheticOptions> synthetic;  ///< for synthetic only
};

/// What open_dataset() knows, for --help and errors.
inline constexpr std::string_view kDatasetSpecs =
    "synthetic, cifar10:DIR, idx:DIR, fashion_mnist:DIR, folder:DIR";

/// The data set that `spec` names, one of kDatasetSpecs. Throws Error, one line, for an unknown
/// spec, an option that this set does not have, a set of one class (or whose training images are
/// all of one), and what the set's own function throws for.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(std::string_view spec, Split split,
                                                    const DatasetOptions& options = {});

}  // namespace freebits::search
