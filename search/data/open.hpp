// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "search/data/dataset_kind.hpp"

namespace freebits::search {

/// The data set that `spec` names, one of dataset_specs(). Throws Error, one line, for an unknown
/// spec, an option that this set does not have, a set of one class (or whose training images are
/// all of one), and what the set's own function throws for.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(std::string_view spec, Split split,
                                                    const DatasetOptions& options = {});

/// "synthetic, cifar10:DIR, …": what open_dataset() knows, for errors.
[[nodiscard]] std::string dataset_specs();
/// The same for --help, each with its description.
[[nodiscard]] std::string dataset_help();

/// Random changes of images that suit a set, as its kind says. Those of an unknown set are crop and
/// flip: open_dataset() refuses it.
[[nodiscard]] Augmentation default_augmentation(std::string_view spec);
/// The same where the user asks for some: crop and flip if the default is to change nothing.
[[nodiscard]] Augmentation asked_augmentation(std::string_view spec);

/// Whether the set has pictures of any size, which are scaled for the network and decoded whenever
/// they are read.
[[nodiscard]] bool has_pictures(std::string_view spec);

}  // namespace freebits::search
